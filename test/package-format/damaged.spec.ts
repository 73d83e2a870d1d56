import type { Readable } from 'node:stream';
import fc from 'fast-check';
import { buildPackage } from '@promptyard/package-format/build-package.js';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { directory, entry, gnuLongName, gzip, pax, required, stream, tar, withManifest } from './archives.js';

const identity = { name: 'greeting', version: '1.0.0' };
const tarBytes = tar(
  pax({ comment: 'abc' }, 'g'),
  directory('./'),
  required({ manifest: 'name: greeting\nversion: 1.0.0\nx: &x [1, {a: "b"}]\ny: *x\ninputs:\n  - name: who\n' }),
  pax({ path: 'é/file', mtime: '1.5' }),
  entry('file', 'x'.repeat(600)),
  gnuLongName('n'.repeat(200)),
  entry('n', 'x'),
  entry('README.md', '# Hi'),
);

/**
 * Undefined for a refusal: the same from memory as from a stream. Everything else that is thrown is a defect and fails
 * the test.
 */
async function readOrRefuse(archive: Buffer): Promise<PackageContents | undefined> {
  const contents = await contentsOf(stream(archive));
  expect(await contentsOf(archive)).toEqual(contents);
  return contents;
}

async function contentsOf(source: Readable | Buffer): Promise<PackageContents | undefined> {
  try {
    return await readPackage(source, identity);
  } catch (error) {
    if (error instanceof InvalidPackage) return undefined;
    throw error;
  }
}

/** Changes bytes at places between 0 and 1 of the whole. */
function flipped(bytes: Buffer, flips: [place: number, mask: number][]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [place, mask] of flips) {
    const index = Math.floor(place * copy.length);
    copy.writeUInt8(copy.readUInt8(index) ^ mask, index);
  }
  return copy;
}

function someFlips(): fc.Arbitrary<[number, number][]> {
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  return fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 });
}

describe('a damaged archive', () => {
  const archives = [gzip(tarBytes)];
  let whole: PackageContents | undefined;

  beforeAll(async () => {
    whole = await readOrRefuse(gzip(tarBytes));
    expect(whole?.files).toHaveLength(5);
    archives.push(
      await buildPackage({
        ...identity,
        description: null,
        author: null,
        inputs: [],
        tags: [],
        syntax: 'braces',
        extra: {},
        template: 'x',
        readme: null,
      }),
    );
  });

  it('is refused or gives the same contents', async () => {
    for (const archive of archives) {
      const expected = await readOrRefuse(archive);
      await fc.assert(
        fc.asyncProperty(someFlips(), async (changes) => {
          const read = await readOrRefuse(flipped(archive, changes));
          if (read) expect(read).toEqual(expected);
        }),
        { numRuns: 500 },
      );
    }
  });

  it('is refused if it is truncated anywhere', async () => {
    for (const archive of archives) {
      for (let length = 0; length < archive.length; length += 1) {
        expect(await readOrRefuse(archive.subarray(0, length))).toBeUndefined();
      }
    }
  });

  it('is read or refused if the checksum fits the damage', async () => {
    await fc.assert(
      fc.asyncProperty(someFlips(), async (changes) => {
        await readOrRefuse(gzip(flipped(tarBytes, changes)));
      }),
      { numRuns: 600 },
    );
  });
});

describe('any manifest', () => {
  const pieces = [
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|',
    '>',
    '&x ',
    '*x',
    '#',
    '? ',
    '---\n',
    '...\n',
    '%',
    '!',
    '\t',
    '\r',
    '\\',
    '1',
    'null',
    '<<',
    '`',
    '@',
    '\ufeff',
    'inputs:',
    'tags:',
    '\x1f',
    '\x02',
  ];

  it('is read or refused without another error', async () => {
    const piece = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...pieces) },
      fc.string({ maxLength: 3, unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (parts) => {
        const read = await readOrRefuse(withManifest(`name: greeting\nversion: 1.0.0\n${parts.join('')}`));
        if (read) expect(JSON.parse(JSON.stringify(read.manifest))).toEqual(read.manifest);
      }),
      { numRuns: 600 },
    );
  });
});
