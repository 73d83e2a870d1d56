import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildPackage, type PackageSource } from '@promptyard/package-format/build-package.js';
import { InvalidPackage } from '@promptyard/package-format/invalid-package.js';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { stream } from './archives.js';

const greeting: PackageSource = {
  name: 'greeting',
  version: '1.2.0',
  description: 'Says "hello",\nin two lines: é 😀',
  author: 'Ada',
  inputs: [{ name: 'who', required: true, type: 'select', options: ['world', null, 1.5] }],
  tags: ['social', 'true', '2024', ''],
  syntax: 'braces',
  extra: {},
  template: 'Hello {{who}}\r\n',
  readme: '# Greeting\n',
};

describe('buildPackage', () => {
  it('makes the same bytes in every version', async () => {
    const digest = createHash('sha256')
      .update(await buildPackage(greeting))
      .digest('hex');
    expect(digest).toMatchInlineSnapshot(`"345cba12e2bfb71f45b4f853a38de314cec6aa12db3e1d723413b4bea6fc8c72"`);
  });

  it('writes a manifest that people can read', async () => {
    const archive = await buildPackage(greeting);
    expect(archive.toString('latin1')).toContain(
      ['name: "greeting"', 'version: "1.2.0"', 'description: "Says \\"hello\\",\\nin two lines: Ã©'].join('\n'),
    );
  });

  it('leaves out empty fields', async () => {
    const bare = { ...greeting, description: null, author: null, inputs: [], tags: [], readme: null, template: '' };
    const { manifest, files } = await readPackage(stream(await buildPackage(bare)), bare);
    expect(manifest).toEqual({ name: 'greeting', version: '1.2.0', syntax: 'braces', inputs: [], tags: [] });
    expect(files.map(({ path }) => path)).toEqual(['prompt.yaml', 'prompt.md']);
  });

  it('writes unknown fields of a manifest behind the known ones, in their order', async () => {
    const extra = { 'x-team': { lead: null, size: 3 }, license: 'MIT', 'a: b': [] };
    const archive = (await buildPackage({ ...greeting, tags: [], extra })).toString('latin1');
    expect(archive).toContain('\ntags: []\n"x-team": {"lead":null,"size":3}\n"license": "MIT"\n"a: b": []\n\0');
  });

  it('keeps keys that YAML would read as another type', async () => {
    const keys = [
      '',
      ' ',
      '<<',
      '? a',
      '- a',
      '#',
      '&a',
      '*a',
      '!a',
      '%a',
      '---',
      '"',
      'é😀',
      '~',
      '1',
      'a\nb',
      '\u2028',
    ];
    const extra = Object.fromEntries([...keys, 'k'.repeat(2000)].map((key) => [key, { [key]: [key] }]));
    const long = { name: 'who', required: false, ['k'.repeat(2000)]: 1 };
    const read = await readPackage(stream(await buildPackage({ ...greeting, inputs: [long], extra })), greeting);
    expect(read.extra).toEqual(extra);
    expect(Object.keys(read.extra)).toEqual(Object.keys(extra));
    expect(read.inputs).toEqual([long]);
  });

  it.each<[what: string, change: Partial<PackageSource>, reason: string]>([
    ['half a character in the template', { template: '\ud800' }, 'template cannot be packed without a change'],
    ['NUL in the template', { template: '\0' }, 'prompt.md is not text'],
    ['NUL in the README', { readme: 'a\0' }, 'readme cannot be packed without a change'],
    ['a README over 1 MiB', { readme: 'x'.repeat(1024 * 1024 + 1) }, 'readme cannot be packed without a change'],
    ['a template over 1 MiB', { template: 'x'.repeat(1024 * 1024 + 1) }, 'prompt.md is over 1 MiB'],
    ['NUL in the description', { description: 'a\0' }, 'prompt.yaml holds the escape of a NUL character'],
    ['a second name', { extra: { name: 'greeting' } }, 'prompt.yaml has the key "name" twice'],
    ['a second version', { extra: { version: '1.2.0' } }, 'prompt.yaml has the key "version" twice'],
    ['a second description', { extra: { description: null } }, 'prompt.yaml has the key "description" twice'],
    ['a description aside', { description: null, extra: { description: 'a' } }, 'description, extra cannot be packed'],
    ['an author aside', { author: null, extra: { author: null } }, 'extra cannot be packed without a change'],
    ['second inputs', { inputs: [], extra: { inputs: [] } }, 'prompt.yaml has the key "inputs" twice'],
    ['second tags', { extra: { tags: [] } }, 'prompt.yaml has the key "tags" twice'],
    ['a second syntax', { extra: { syntax: 'braces' } }, 'prompt.yaml has the key "syntax" twice'],
    ...['__proto__', 'constructor', 'prototype'].map((key): [string, Partial<PackageSource>, string] => [
      `the key ${key}`,
      { extra: Object.fromEntries([[key, 1]]) },
      `prompt.yaml has the forbidden key "${key}"`,
    ]),
    [
      'the key __proto__ within',
      { extra: { a: [Object.fromEntries([['__proto__', 1]])] } },
      'forbidden key "__proto__"',
    ],
    ['NUL in a key', { extra: { 'a\0': 1 } }, 'prompt.yaml holds the escape of a NUL character'],
    ['a wrong name of an input', { inputs: [{ name: '1', required: true }] }, 'prompt.yaml: inputs[0].name is "1"'],
  ])('refuses %s', async (_what, change, reason) => {
    const built = buildPackage({ ...greeting, ...change });
    await expect(built).rejects.toThrow(InvalidPackage);
    await expect(built).rejects.toThrow(reason);
  });

  it('loses nothing when readPackage reads it', async () => {
    await fc.assert(
      fc.asyncProperty(packageSource(), async (source) => {
        const archive = await buildPackage(source);
        const { manifest, files, inputs, declaredInputs, ...contents } = await readPackage(stream(archive), source);
        const { name, version } = manifest as { name: string; version: string };
        const again = { ...contents, name, version, inputs: inputs.slice(0, declaredInputs) };
        expect(again).toEqual(source);
        expect((await buildPackage(again)).equals(archive)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  (spawnSync('tar', ['--version']).status === 0 ? it : it.skip)('is unpacked by tar', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'package-'));
    try {
      writeFileSync(join(folder, 'a.tgz'), await buildPackage(greeting));
      expect(execFileSync('tar', ['xzvf', 'a.tgz'], { cwd: folder, encoding: 'utf8' })).toBe(
        'prompt.yaml\nprompt.md\nREADME.md\n',
      );
      expect(readFileSync(join(folder, 'prompt.md'), 'utf8')).toBe(greeting.template);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function joined(parts: string[]): string {
  return parts.join('');
}

/** Any text that a column takes: all of Unicode but NUL. */
function text(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
}

/** Any fields that JSON and a text column can hold, but those that are named. */
function otherFields(known: readonly string[]): fc.Arbitrary<JsonObject> {
  const key = fc.string({ unit: 'binary' }).filter((name) => !known.includes(name));
  return fc
    .dictionary(key, fc.jsonValue({ maxDepth: 4 }), { noNullPrototype: true, maxKeys: 8 })
    .map((fields) => JSON.stringify(fields))
    .filter((json) => !/\\u0000|\\ud[89a-f]|"(__proto__|constructor|prototype)"/.test(json))
    .map((json) => JSON.parse(json) as JsonObject);
}

function input(): fc.Arbitrary<TemplateVariable> {
  const inputName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/).filter((name) => name !== 'constructor');
  return fc
    .record({ name: inputName, required: fc.boolean(), more: otherFields(['name', 'required']) })
    .map(({ name, required, more }) => ({ ...more, name, required }));
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
    extra: otherFields(['name', 'version', 'description', 'author', 'inputs', 'tags', 'syntax']),
    template: fc.array(fc.oneof(text(), fc.constantFrom('{{found}}', '${found}', '{{a|number}}'))).map(joined),
    readme: fc.option(text()),
  });
}
