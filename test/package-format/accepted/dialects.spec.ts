import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import {
  directory,
  endBlocks,
  entry,
  gnuLongName,
  gzip,
  header,
  padded,
  pax,
  required,
  stream,
  tar,
  withEntries,
} from '../archives.js';

const mib = 1024 * 1024;
const gnuMagic = { magic: 'ustar  \0' };

function read(archive: Buffer): Promise<PackageContents> {
  return readPackage(stream(archive), { name: 'greeting', version: '1.0.0' });
}

async function extraPaths(archive: Buffer): Promise<string[]> {
  const { files } = await read(archive);
  return files.map(({ path }) => path).filter((path) => !path.startsWith('prompt.'));
}

const sizeField = (text: string) => Buffer.from(text, 'latin1');
const withSize = (size: Buffer) => withEntries(header({ name: 'a', size }), padded(Buffer.from('abc')));
const base256 = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
const dotted = tar(directory('./'), entry('./prompt.yaml', 'name: greeting\nversion: 1.0.0\n'), entry('./prompt.md'));

describe('readPackage takes', () => {
  it.each<[what: string, archive: () => Buffer, paths: string[]]>([
    ['names with ./ and the root itself', () => gzip(dotted), []],
    ['a root called .', () => withEntries(directory('.')), []],
    ['directories with and without a slash', () => withEntries(directory('d/'), directory('e'), entry('d/f')), ['d/f']],
    ['directories after what is in them', () => withEntries(entry('d/f'), directory('d/')), ['d/f']],
    ['GNU headers', () => withEntries(entry('a', 'x', gnuMagic), directory('d/', gnuMagic)), ['a']],
    ['the old type of a regular file', () => withEntries(entry('a', 'x', { type: '\0' })), ['a']],
    ['a prefix', () => withEntries(entry('b.md', '', { prefix: 'deep/folder' })), ['deep/folder/b.md']],
    [
      'a prefix with times behind it, as npm and star write it',
      () => withEntries(entry('b.md', '', { prefix: `deep${'\0'.repeat(127)}14371707262 14371707262 ` })),
      ['deep/b.md'],
    ],
    [
      'a prefix of 155 bytes',
      () => withEntries(entry('b.md', '', { prefix: 'p'.repeat(155) })),
      [`${'p'.repeat(155)}/b.md`],
    ],
    ['what GNU keeps where the prefix is', () => withEntries(entry('a', '', { ...gnuMagic, prefix: '0123' })), ['a']],
    ['a name of 100 bytes without NUL', () => withEntries(entry('n'.repeat(100))), ['n'.repeat(100)]],
    ['a name of 512 bytes by PAX', () => withEntries(pax({ path: 'n'.repeat(512) }), entry('n')), ['n'.repeat(512)]],
    ['a GNU long name', () => withEntries(gnuLongName('n'.repeat(300)), entry('n'.repeat(99))), ['n'.repeat(300)]],
    ['a GNU long name without NUL', () => withEntries(gnuLongName('long', ''), entry('x')), ['long']],
    [
      'a name cut within a character under a long one',
      () => withEntries(gnuLongName('ä'.repeat(80)), entry(Buffer.from('ä'.repeat(80)).subarray(0, 99))),
      ['ä'.repeat(80)],
    ],
    ['a PAX path over the name', () => withEntries(pax({ path: 'é/b' }), entry('/absolute')), ['é/b']],
    ['a PAX size that agrees', () => withEntries(pax({ size: '3' }), entry('a', 'abc')), ['a']],
    [
      'other PAX keys, some of them binary',
      () => withEntries(pax({ mtime: '1.5', 'SCHILY.xattr.x': Buffer.from([0xff, 0, 0x0a]) }), entry('a')),
      ['a'],
    ],
    ['a PAX header without records', () => withEntries(pax(''), entry('a')), ['a']],
    ['64 KiB of PAX', () => withEntries(pax({ comment: 'x'.repeat(65_536 - 15) }), entry('a')), ['a']],
    ['a PAX header and a GNU name', () => withEntries(pax({ mtime: '1' }), gnuLongName('long'), entry('a')), ['long']],
    [
      'a global comment, as git archive writes it',
      () => gzip(tar(pax({ comment: 'f'.repeat(40) }, 'g'), required())),
      [],
    ],
    [
      'global comments again and again',
      () =>
        withEntries(pax({ comment: '1' }, 'g'), entry('a'), pax({ comment: '2' }, 'g'), pax({ path: 'b' }), entry('x')),
      ['a', 'b'],
    ],
    ['AppleDouble files', () => withEntries(entry('._prompt.md', 'x'), entry('docs/._x')), ['._prompt.md', 'docs/._x']],
    [
      'executables and archives',
      () => withEntries(entry('run.sh', '#!'), entry('nested.tar.gz', gzip(dotted))),
      ['run.sh', 'nested.tar.gz'],
    ],
    [
      'names that only look dangerous',
      () => withEntries(entry('a..b'), entry('...'), entry('x/c:y'), entry(' '), entry('~')),
      ['a..b', '...', 'x/c:y', ' ', '~'],
    ],
    ['JavaScript names', () => withEntries(entry('__proto__'), entry('constructor')), ['__proto__', 'constructor']],
    [
      'files beside a folder of a like name',
      () => withEntries(entry('a/b'), entry('a-b'), entry('a.b'), entry('ab')),
      ['a/b', 'a-b', 'a.b', 'ab'],
    ],
    [
      'a manifest in a sub-folder as well',
      () => withEntries(entry('old/prompt.yaml', 'not: [read')),
      ['old/prompt.yaml'],
    ],
    ['a size of 11 digits and a space', () => withSize(sizeField('00000000003 ')), ['a']],
    ['a size of 12 digits', () => withSize(sizeField('000000000003')), ['a']],
    ['a size after spaces', () => withSize(sizeField('          3\0')), ['a']],
    ['a size that ends early', () => withSize(sizeField('3\0\0\0\0\0\0\0\0\0\0\0')), ['a']],
    ['a size in base-256', () => withSize(base256), ['a']],
    ['junk in the padding', () => withEntries(header({ name: 'a', size: 3 }), Buffer.alloc(512, 'x')), ['a']],
    ['zeros up to a record of 10 KiB', () => gzip(Buffer.concat([tar(required()), Buffer.alloc(7168)])), []],
    ['zeros that are no whole block', () => gzip(Buffer.concat([tar(required()), Buffer.alloc(100)])), []],
    [
      'a gzip header with everything',
      () => gzip(tar(required()), { flags: 0x1d, extra: Buffer.from('\x02\0ABname.tar\0comment\0', 'latin1') }),
      [],
    ],
  ])('%s', async (_what, archive, paths) => {
    expect(await extraPaths(archive())).toEqual(paths);
  });

  it('any size of chunk', async () => {
    const archive = withEntries(pax({ path: 'p' }), entry('a', 'x'.repeat(2000)), entry('README.md', 'é'.repeat(500)));
    const whole = await read(archive);
    for (const chunkSize of [1, 3, 512, 1000]) {
      expect(await readPackage(stream(archive, chunkSize), { name: 'greeting', version: '1.0.0' })).toEqual(whole);
    }
  });

  it('files up to every limit', async () => {
    const MORE = 1000 - 2;
    expect(
      await extraPaths(withEntries(...Array.from({ length: MORE }, (_, index) => entry(`f${index}`)))),
    ).toHaveLength(MORE);
    expect(await extraPaths(withEntries(entry('a', Buffer.alloc(10 * mib))))).toEqual(['a']);
    const manifest = `name: greeting\nversion: 1.0.0\n#`.padEnd(mib, 'x');
    const { template } = await read(gzip(tar(required({ manifest, template: 'x'.repeat(mib) }))));
    expect(template).toHaveLength(mib);
    const body = tar(required());
    expect(await extraPaths(gzip(Buffer.concat([body, Buffer.alloc(52 * mib - body.length)])))).toEqual([]);
  });

  it('exactly 50 MiB of files and 10 MiB of archive', async () => {
    const parts = [1, 2, 3, 4].map((name) => entry(`f${name}`, Buffer.alloc(10 * mib)));
    const rest = 10 * mib - 'name: greeting\nversion: 1.0.0\n'.length - 'Hello {{who}}\n'.length;
    expect(await extraPaths(withEntries(...parts, entry('f5', Buffer.alloc(rest))))).toHaveLength(5);
    await expect(read(withEntries(...parts, entry('f5', Buffer.alloc(rest + 1))))).rejects.toThrow('over 50 MiB');
    const small = gzip(tar(required()));
    const name = Buffer.concat([Buffer.alloc(10 * mib - small.length - 1, 'n'), Buffer.alloc(1)]);
    expect(await extraPaths(gzip(tar(required()), { flags: 0x08, extra: name }))).toEqual([]);
  });

  it('end blocks without anything after them', async () => {
    expect((await read(gzip(Buffer.concat([required(), endBlocks])))).files).toHaveLength(2);
  });
});
