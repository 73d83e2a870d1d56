import { existsSync, globSync, readFileSync } from 'node:fs';

const pages = ['CONTRIBUTING.md', 'README.md', ...globSync('docs/**/*.md')];

/** Paths of this repository as the pages write them: in backquotes, from the top. */
function pathsIn(page: string): string[] {
  const quoted = readFileSync(page, 'utf8').matchAll(/`((?:src|test|bench|scripts|openapi|docs|examples)\/[\w./-]+)`/g);
  return [...new Set([...quoted].map(([, path = '']) => path))];
}

it.each(pages)('%s names files and folders that exist', (page) => {
  expect(pathsIn(page).filter((path) => !existsSync(path))).toEqual([]);
});

it('finds the paths of the page about the architecture', () => {
  expect(pathsIn('docs/architecture.md').length).toBeGreaterThan(30);
});
