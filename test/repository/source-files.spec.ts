import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

// Generated files are left out.
const sources = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts'], { exclude: ['packages/client/src/generated'] });

it('names files in kebab case with a role suffix', () => {
  const odd = sources.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*([.][a-z]+)?[.]ts$/.test(basename(path)));
  expect(odd).toEqual([]);
});

it('has no folders or files named utils, misc or types', () => {
  expect(sources.filter((path) => /\/(utils?|misc|helpers?|types|constants|shared|lib)([/.]|$)/.test(path))).toEqual(
    [],
  );
});

it('keeps files short: half of them under 80 lines', () => {
  const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 80);
  expect(long.length).toBeLessThanOrEqual(sources.length / 2);
});

it('keeps folders small enough to look through', () => {
  const folders = Map.groupBy(sources, (path) => path.slice(0, path.lastIndexOf('/')));
  const crowded = [...folders]
    // Migrations are a list in the order of their numbers, which only grows.
    .filter(([folder, files]) => files.length > 14 && folder !== 'src/database/migrations')
    .map(([folder, files]) => `${folder}: ${files.length}`);
  expect(crowded).toEqual([]);
});
