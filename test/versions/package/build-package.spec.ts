import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildPackage, type PackageSource } from '../../../src/versions/package/build-package.js';
import { InvalidPackage } from '../../../src/versions/package/invalid-package.js';
import type { TemplateVariable } from '../../../src/prompts/template/template-variable.js';
import { readPackage } from '../../../src/versions/package/read-package.js';
import { stream } from './archives.js';

const SOURCE: PackageSource = {
  name: 'greeting',
  version: '1.2.0',
  description: 'Says "hello",\nin two lines: é 😀',
  author: 'Ada',
  inputs: [{ name: 'who', required: true, type: 'select', options: ['world', null, 1.5] }],
  tags: ['social', 'true', '2024', ''],
  syntax: 'braces',
  template: 'Hello {{who}}\r\n',
  readme: '# Greeting\n',
};

describe('buildPackage', () => {
  it('makes the same bytes for ever', async () => {
    const digest = createHash('sha256')
      .update(await buildPackage(SOURCE))
      .digest('hex');
    expect(digest).toMatchInlineSnapshot(`"345cba12e2bfb71f45b4f853a38de314cec6aa12db3e1d723413b4bea6fc8c72"`);
  });

  it('writes a manifest that people can read', async () => {
    const archive = await buildPackage(SOURCE);
    expect(archive.toString('latin1')).toContain(
      ['name: "greeting"', 'version: "1.2.0"', 'description: "Says \\"hello\\",\\nin two lines: Ã©'].join('\n'),
    );
  });

  it('leaves out what there is none of', async () => {
    const bare = { ...SOURCE, description: null, author: null, inputs: [], tags: [], readme: null, template: '' };
    const { manifest, files } = await readPackage(stream(await buildPackage(bare)), bare);
    expect(manifest).toEqual({ name: 'greeting', version: '1.2.0', syntax: 'braces', inputs: [], tags: [] });
    expect(files.map(({ path }) => path)).toEqual(['prompt.yaml', 'prompt.md']);
  });

  it.each<[what: string, change: Partial<PackageSource>, reason: string]>([
    ['half a character in the template', { template: '\ud800' }, 'template cannot be packed without a change'],
    ['NUL in the template', { template: '\0' }, 'prompt.md is not text'],
    ['NUL in the README', { readme: 'a\0' }, 'readme cannot be packed without a change'],
    ['a README over 1 MiB', { readme: 'x'.repeat(1024 * 1024 + 1) }, 'readme cannot be packed without a change'],
    ['a template over 1 MiB', { template: 'x'.repeat(1024 * 1024 + 1) }, 'prompt.md is over 1 MiB'],
    ['NUL in the description', { description: 'a\0' }, 'prompt.yaml holds the escape of a NUL character'],
    ['a wrong name of an input', { inputs: [{ name: '1', required: true }] }, 'prompt.yaml: inputs[0].name is "1"'],
  ])('refuses %s', async (_what, change, reason) => {
    const built = buildPackage({ ...SOURCE, ...change });
    await expect(built).rejects.toThrow(InvalidPackage);
    await expect(built).rejects.toThrow(reason);
  });

  it('loses nothing on the way through readPackage', async () => {
    await fc.assert(
      fc.asyncProperty(packageSource(), async (source) => {
        const read = await readPackage(stream(await buildPackage(source)), source);
        const { name, version, ...contents } = source;
        expect(read).toEqual({ ...contents, manifest: expect.objectContaining({ name, version }), files: read.files });
      }),
      { numRuns: 100 },
    );
  });

  (spawnSync('tar', ['--version']).status === 0 ? it : it.skip)('is unpacked by tar', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'package-'));
    try {
      writeFileSync(join(folder, 'a.tgz'), await buildPackage(SOURCE));
      expect(execFileSync('tar', ['xzvf', 'a.tgz'], { cwd: folder, encoding: 'utf8' })).toBe(
        'prompt.yaml\nprompt.md\nREADME.md\n',
      );
      expect(readFileSync(join(folder, 'prompt.md'), 'utf8')).toBe(SOURCE.template);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Any text that a column takes: all of Unicode but NUL. */
function text(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
}

function input(): fc.Arbitrary<TemplateVariable> {
  const inputName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/);
  const key = fc.string({ unit: 'binary-ascii', minLength: 1 });
  const extra = fc.dictionary(key.filter(isFree), fc.jsonValue({ maxDepth: 4 }), { noNullPrototype: true });
  return fc
    .tuple(inputName.filter(isFree), fc.boolean(), extra)
    .map(([name, required, more]) => ({ ...(more as Record<string, string>), name, required }))
    .filter((value) => !/\\u0000|\\ud[89a-f]|"(__proto__|constructor|prototype)"/.test(JSON.stringify(value)))
    .map((value) => JSON.parse(JSON.stringify(value)) as TemplateVariable);
}

function isFree(key: string): boolean {
  return !['name', 'required', '__proto__', 'constructor', 'prototype'].includes(key);
}

function packageSource(): fc.Arbitrary<PackageSource> {
  const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
  return fc.record({
    name: fc.oneof(slug, fc.constantFrom('null', 'true', '1e3', '0x1f', '007', 'yes')),
    version: fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((numbers) => numbers.join('.')),
    description: fc.option(text()),
    author: fc.option(text()),
    inputs: fc.uniqueArray(input(), { selector: ({ name }) => name, maxLength: 5 }),
    tags: fc.array(text(), { maxLength: 5 }),
    syntax: fc.constantFrom('braces', 'dollar'),
    template: text().map((value) => value.replaceAll(/\{\{|\$\{/g, '{')),
    readme: fc.option(text()),
  });
}
