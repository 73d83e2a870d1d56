import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { entry, gzip, required, stream, tar } from '../archives.js';

const mib = 1024 * 1024;

/** The same from memory as from a stream. */
async function read(archive: Buffer, name = 'greeting'): Promise<PackageContents> {
  const contents = await readPackage(stream(archive), { name, version: '1.0.0' });
  expect(await readPackage(archive, { name, version: '1.0.0' })).toEqual(contents);
  return contents;
}

function readManifest(lines: string, template = ''): Promise<PackageContents> {
  return read(gzip(tar(required({ manifest: `name: greeting\nversion: 1.0.0\n${lines}`, template }))));
}

function readReadme(readme: Buffer): Promise<PackageContents> {
  return read(gzip(tar(required(), entry('README.md', readme))));
}

describe('the contents of a package', () => {
  it('are empty for a minimal manifest', async () => {
    expect(await readManifest('')).toEqual({
      manifest: { name: 'greeting', version: '1.0.0' },
      description: null,
      author: null,
      inputs: [],
      declaredInputs: 0,
      tags: [],
      syntax: 'braces',
      extra: {},
      template: '',
      readme: null,
      files: [
        { path: 'prompt.yaml', size: 30 },
        { path: 'prompt.md', size: 0 },
      ],
    });
  });

  it('contain all fields of the manifest, also unknown ones', async () => {
    const contents = await readManifest(
      [
        'description: Says hello',
        'author: Ada',
        'tags: [social, "2024"]',
        'inputs:',
        '  - {name: who, required: true, type: select, options: [a, b]}',
        '  - name: unused.name-1',
        'x-team: {size: 3, lead: null, "1": [true, 1.5]}',
      ].join('\n'),
    );
    expect(contents).toMatchObject({
      description: 'Says hello',
      author: 'Ada',
      tags: ['social', '2024'],
      inputs: [
        { name: 'who', required: true, type: 'select', options: ['a', 'b'] },
        { name: 'unused.name-1', required: false },
      ],
      declaredInputs: 2,
      extra: { 'x-team': { size: 3, lead: null, '1': [true, 1.5] } },
      manifest: { 'x-team': { size: 3, lead: null, '1': [true, 1.5] } },
    });
  });

  it('may have null as author and description', async () => {
    expect(await readManifest('author: null\ndescription: ~\n')).toMatchObject({ author: null, description: null });
  });

  it('have undeclared variables as optional inputs', async () => {
    const template = '{{b}} {{ a | number:min=1:required }} {{who}} {{USER_NAME}} ${dollar} {{{ }} {{b}}';
    const { inputs, declaredInputs } = await readManifest(
      'inputs: [{name: who, required: true}, {name: extra}]',
      template,
    );
    expect(declaredInputs).toBe(2);
    expect(inputs).toEqual([
      { name: 'who', required: true },
      { name: 'extra', required: false },
      { name: 'b', required: false },
      { name: 'a', required: false },
    ]);
  });

  it('may have a dollar template', async () => {
    const contents = await readManifest('syntax: dollar', '${a} {{b}}');
    expect(contents).toMatchObject({ syntax: 'dollar', inputs: [{ name: 'a', required: false }] });
  });

  it('keep the template as it is', async () => {
    const template = '\ufeff  a\r\nb\r\u2028\u{1f600}\t\u0007 \n\n';
    expect((await readManifest('', template)).template).toBe(template);
  });

  it.each(['2024', 'true', '007', '1e3'])('normalise %s to the path', async (name) => {
    const manifest = `name: ${name}\nversion: 1.0.0\n`;
    expect((await read(gzip(tar(required({ manifest }))), name)).manifest.name).toBe(name);
  });
});

describe('the manifest', () => {
  it.each<[what: string, lines: string, expected: object]>([
    ['marks of one document', '...\n', {}],
    ['anchors and aliases', 'x: &x {y: [1]}\nz: [*x, *x]\n', { z: [{ y: [1] }, { y: [1] }] }],
    ['an anchor that is used anew', 'x: [&a 1, *a, &a 2, *a]\n', { x: [1, 1, 2, 2] }],
    ['keys that are no text', 'x: {1: a, true: b, ~: c}\n', { x: { '1': 'a', true: 'b', '~': 'c' } }],
    ['a merge key as a key', 'x: {<<: {y: 1}}\n', { x: { '<<': { y: 1 } } }],
    ['numbers that JSON cannot hold', 'x: [.inf, -.inf, .nan, 1e999]\n', { x: ['.inf', '-.inf', '.nan', '1e999'] }],
    [
      'whole numbers too large to be exact',
      'x: [12345678901234567890, 0xffffffffffffffffff]\n',
      { x: ['12345678901234567890', '0xffffffffffffffffff'] },
    ],
    ['other numbers', 'x: [0x1f, 0o17, -1, 1.5e3, 0.1]\n', { x: [31, 15, -1, 1500, 0.1] }],
    [
      'what looks like a tag in a text',
      'x: |\n  !!str\n  [[\ny: "!a"\nz: a !b\n',
      { x: '!!str\n[[\n', y: '!a', z: 'a !b' },
    ],
    [
      'long quoted texts',
      `x: "${'\\"é\\u00e9\\n'.repeat(500)}"\ny: "${'\\x41'.repeat(500)}"\n`,
      { x: '"éé\n'.repeat(500), y: 'A'.repeat(500) },
    ],
    ['a long quoted text with an anchor', `x: &x "${'a'.repeat(2000)}"\ny: *x\n`, { y: 'a'.repeat(2000) }],
    ['100 levels', `x: ${'['.repeat(99)}${']'.repeat(99)}\n`, {}],
    [
      '200 inputs',
      `inputs:\n${Array.from({ length: 200 }, (_, index) => `  - name: v${index}\n    required: true\n`).join('')}`,
      {},
    ],
    ['1 000 tags', `tags:\n${'  - a\n'.repeat(1000)}`, {}],
  ])('may have %s', async (_what, lines, expected) => {
    expect((await readManifest(lines)).manifest).toMatchObject(expected);
  });

  it('is read as YAML 1.2 even if it says 1.1', async () => {
    const manifest = '%YAML 1.1\n---\nname: greeting\nversion: 1.0.0\nx: [yes, 010, 2001-01-01, 1_000]\n<<: {y: 1}\n';
    const contents = await read(gzip(tar(required({ manifest }))));
    expect(contents.manifest).toMatchObject({ x: ['yes', 10, '2001-01-01', '1_000'], '<<': { y: 1 } });
  });

  it('may have a byte order mark and Windows line ends', async () => {
    const manifest = '\ufeffname: greeting\r\nversion: 1.0.0\r\ntags:\r\n  - a\r\n';
    expect((await read(gzip(tar(required({ manifest }))))).tags).toEqual(['a']);
  });

  it('may have a description of nearly a MiB, in any style', async () => {
    const text = 'words and words '.repeat(60_000);
    const styles = [
      `description: ${text}\n`,
      `description: "${text}"\n`,
      `description: '${text}'\n`,
      `description: |\n  ${text}\n`,
    ];
    for (const style of styles) expect((await readManifest(style)).description?.trim()).toBe(text.trim());
  });
});

describe('the README', () => {
  it('is never refused: invalid text becomes U+FFFD', async () => {
    expect((await readReadme(Buffer.from([0x61, 0xff, 0x00, 0x62]))).readme).toBe('a\ufffd\ufffdb');
  });

  it('is read up to 1 MiB, without splitting a character', async () => {
    const { readme, files } = await readReadme(Buffer.from(`a${'é'.repeat(mib)}`));
    expect(readme).toBe(`a${'é'.repeat(mib / 2 - 1)}`);
    expect(files.at(-1)).toEqual({ path: 'README.md', size: 2 * mib + 1 });
  });

  it('is the file README.md at the root', async () => {
    const archive = gzip(tar(required(), entry('docs/README.md', 'no'), entry('readme.txt', 'no')));
    expect((await read(archive)).readme).toBeNull();
  });
});
