import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const pages = ['CONTRIBUTING.md', 'README.md', ...globSync('docs/**/*.md')];

/** Paths of this repository as the pages write them: in backquotes, from the top. */
function pathsIn(page: string): string[] {
  const quoted = readFileSync(page, 'utf8').matchAll(
    /`((?:src|packages|test|bench|scripts|openapi|docs|examples)\/[\w./-]+)`/g,
  );
  return [...new Set([...quoted].map(([, path = '']) => path))];
}

/** Files that the page links to, relative to the page; addresses of other sites and places within a page are left out. */
function linksIn(page: string): string[] {
  const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g);
  return [...new Set([...links].map(([, link = '']) => link))].filter((link) => !/^\w+:/.test(link));
}

it.each(pages)('%s names files and folders that exist', (page) => {
  expect(pathsIn(page).filter((path) => !existsSync(path))).toEqual([]);
});

it.each(pages)('%s links to files that exist', (page) => {
  expect(linksIn(page).filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

it('leads from the README to every page for users and operators, in at most 120 lines', () => {
  const links = linksIn('README.md');
  expect(globSync('docs/{use,operate,build}/*.md').filter((page) => !links.includes(page))).toEqual([]);
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(120);
});

it('finds the paths of the page about the architecture', () => {
  expect(pathsIn('docs/architecture.md').length).toBeGreaterThan(30);
});

it('finds the pages that comments of the sources cite', () => {
  const sources = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts']);
  const cited = sources.flatMap((file) => readFileSync(file, 'utf8').match(/\bdocs\/[\w./-]+\.md\b/g) ?? []);
  expect(cited.length).toBeGreaterThan(5);
  expect(cited.filter((page) => !existsSync(page))).toEqual([]);
});

it('finds the classes and decorators that the walks name', () => {
  const walks = readFileSync('CONTRIBUTING.md', 'utf8');
  const names = [...walks.matchAll(/`@?([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:\(\.\.\.\))?`/g)].map(([, name = '']) => name);
  const sources = globSync('src/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const declared = new Set(sources.flatMap((text) => text.match(/(?<=\b(?:class|const|function) )[A-Z]\w+/g) ?? []));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !declared.has(name))).toEqual([]);
});
