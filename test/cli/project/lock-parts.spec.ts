import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileDifferences, sha256Of } from '@promptyard/cli/lock/file-differences.js';
import { highestVersion } from '@promptyard/cli/lock/highest-version.js';
import { parseProjectFile } from '@promptyard/cli/lock/project-file.js';
import { canSatisfy, parseVersionSpec } from '@promptyard/cli/lock/version-spec.js';
import { ArchiveCache } from '@promptyard/cli/project/archives/archive-cache.js';
import { mapConcurrently } from '@promptyard/cli/map-concurrently.js';

describe('a version specifier', () => {
  it.each([
    ['1.2.3', { kind: 'version', version: '1.2.3' }],
    ['^1.2', { kind: 'range', range: '^1.2' }],
    ['1.x', { kind: 'range', range: '1.x' }],
    ['>=1 <3', { kind: 'range', range: '>=1 <3' }],
    ['*', { kind: 'range', range: '*' }],
    ['latest', { kind: 'range', range: '*' }],
    ['production', { kind: 'label', label: 'production' }],
  ])('%s is valid', (text, spec) => {
    expect(parseVersionSpec(text)).toEqual(spec);
  });

  it.each(['', ' ', '7', 'Production', '^x.y.z.0', '1.2.3.4', '../1.0.0'])('%j is invalid', (text) => {
    expect(parseVersionSpec(text)).toBeUndefined();
  });
});

it.each([
  ['1.2.3', '1.2.3', true],
  ['1.2.3', '1.2.4', false],
  ['^1.2.0', '1.9.0', true],
  ['^1.2.0', '1.1.0', false],
  ['production', '1.1.0', true],
  ['what is good', '1.1.0', false],
])('tells whether %s can be satisfied by %s', (spec, version, may) => {
  expect(canSatisfy(spec, version)).toBe(may);
});

it('selects the highest version by number, and no yanked one', () => {
  const versions = ['1.9.0', '1.10.0', '2.0.0'].map((version) => ({ version }));
  const yanked = { version: '1.11.0', yanked: true };
  expect(highestVersion([yanked, ...versions], '^1.0.0')).toEqual({ version: '1.10.0' });
  expect(highestVersion([yanked], '^1.0.0')).toBeUndefined();
});

it('reports changed, missing and new files, also with names such as __proto__', () => {
  const expected = { a: '1', constructor: '2', toString: '3' };
  expect(fileDifferences(expected, { a: '0', valueOf: '4', toString: '3' })).toEqual([
    'a was changed',
    'constructor is missing',
    'valueOf was added',
  ]);
});

it('reports the errors in promptyard.json', () => {
  const text = '{"dependencies": {"acme/support": "7", "Acme/x": "*"}}';
  expect(() => parseProjectFile(text)).toThrow(
    expect.objectContaining({
      details: [
        expect.stringMatching(/^dependencies → acme\/support: Write a version/),
        expect.stringMatching(/^dependencies → Acme\/x: must be owner\/name$/),
      ],
    }),
  );
});

describe('concurrent work', () => {
  it('keeps the order, and never runs more than four at a time', async () => {
    let [running, most] = [0, 0];
    const results = await mapConcurrently([...Array(20).keys()], async (item) => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
      running -= 1;
      return item * 2;
    });
    expect({ results, most }).toEqual({ results: [...Array(20).keys()].map((item) => item * 2), most: 4 });
  });

  it('starts nothing after a failure, and ends when all running work has ended', async () => {
    let [begun, ended] = [0, 0];
    const work = async (item: number) => {
      begun += 1;
      await new Promise((resolve) => setTimeout(resolve, item === 0 ? 1 : 20));
      ended += 1;
      if (item === 0) throw new Error('no luck');
    };
    await expect(mapConcurrently([...Array(20).keys()], work)).rejects.toThrow('no luck');
    expect({ begun, ended }).toEqual({ begun: 4, ended: 4 });
  });
});

it('keeps the most recently used archives of a cache, up to its limit', async () => {
  const home = mkdtempSync(join(tmpdir(), 'promptyard-cache-'));
  try {
    const cache = new ArchiveCache({ XDG_CACHE_HOME: home });
    const folder = join(home, 'promptyard/archives');
    const digests: string[] = [];
    for (const [index, letter] of ['a', 'b', 'c'].entries()) {
      const archive = Buffer.from(letter.repeat(100));
      digests.push(sha256Of(archive));
      await cache.put(sha256Of(archive), archive);
      utimesSync(join(folder, `${sha256Of(archive)}.tar.gz`), index + 1, index + 1);
    }
    await cache.get(digests[0] ?? '');
    await cache.prune(200);
    expect(readdirSync(folder).sort()).toEqual([digests[0], digests[2]].map((digest) => `${digest}.tar.gz`).sort());
  } finally {
    rmSync(home, { recursive: true });
  }
});
