import { existsSync, globSync, readFileSync } from 'node:fs';
import { protocols } from '../../src/common/protocol.js';

/** The registry's operations are the application's own. */
const translated = protocols.filter((protocol) => protocol !== 'registry');

const read = (path: string) => readFileSync(path, 'utf8');
const moduleOf = (protocol: string) => `src/protocols/${protocol}/${protocol}.module.ts`;

it('have a folder each, and there is no other', () => {
  const modules = globSync('src/protocols/*/*.module.ts').filter((path) => path.split('/').length === 4);
  expect(modules.sort()).toEqual(translated.map(moduleOf).sort());
});

describe.each(translated)('%s', (protocol) => {
  it('answers errors in its own form', () => {
    expect(read(moduleOf(protocol))).toContain(`registerDialect('${protocol}', `);
  });

  it('is part of the application', () => {
    expect(read('src/app.module.ts')).toContain(`'./protocols/${protocol}/${protocol}.module.js'`);
  });

  it('has a page about what it promises, and tests of its own', () => {
    expect(existsSync(`docs/protocols/${protocol}.md`)).toBe(true);
    expect(globSync(`test/protocols/${protocol}/**/*.spec.ts`).length).toBeGreaterThan(3);
  });
});

it('are told apart only in files that the walk "Add a protocol" names', () => {
  const [, walk = ''] = /\n## Add a protocol\n([^]*?)\n## /.exec(read('CONTRIBUTING.md')) ?? [];
  const names = new RegExp(`'(${translated.join('|')})'`);
  const sources = globSync('src/**/*.ts', { exclude: ['src/protocols/**', 'src/config/**'] });
  const telling = sources.filter((path) => names.test(read(path)));
  expect(telling.length).toBeGreaterThan(3);
  expect(telling.filter((path) => !walk.includes(`\`${path}\``))).toEqual([]);
});
