import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const depcruise = resolve('node_modules/.bin/depcruise');
const Report = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promptyard-dependencies-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(file, join(folder, file));
  for (const name of ['zod', 'fast-check', '@nestjs/common', '@mikro-orm/core']) {
    write(join('node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(join('node_modules', name, 'index.js'), 'module.exports = {};');
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Which rules a tree of sources breaks: the file that does, and the rule. A path below src unless it names a package. */
function violationsOf(sources: Record<string, string>): string[] {
  for (const [path, text] of Object.entries(sources)) write(/^packages\//.test(path) ? path : join('src', path), text);
  mkdirSync(join(folder, 'packages'), { recursive: true });
  const args = [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'packages'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const { violations } = Report.parse(JSON.parse(stdout)).summary;
  return violations.map(({ from, rule }) => `${from.replace('src/', '')}: ${rule.name}`).sort();
}

/** A package of the repository as npm links it, with one file `a.ts`. */
function aPackage(name: string, text: string): Record<string, string> {
  const home = `packages/${name}`;
  const exports = { './*.js': { '@promptyard/source': './src/*.ts' } };
  mkdirSync(join(folder, 'node_modules/@promptyard'), { recursive: true });
  symlinkSync(join('../..', home), join(folder, 'node_modules/@promptyard', name));
  const dependencies = { zod: '1.0.0', '@nestjs/common': '1.0.0', '@mikro-orm/core': '1.0.0' };
  return {
    [`${home}/package.json`]: JSON.stringify({ name: `@promptyard/${name}`, type: 'module', exports, dependencies }),
    [`${home}/src/a.ts`]: text,
  };
}

it('lets a folder import the layers below it', () => {
  const sources = {
    'main.ts': `import './protocols/conductor/a.js';`,
    'protocols/conductor/a.ts': `import '../../versions/a.js';`,
    'versions/a.ts': `import '@promptyard/package-format/a.js'; import '../history/a.js'; import '../config/a.js';`,
    'history/a.ts': `import '../prompts/a.js';`,
    'prompts/a.ts': `import '@promptyard/template/a.js';`,
    'config/a.ts': 'export const a = 1;',
    ...aPackage(
      'package-format',
      `import { z } from 'zod'; import 'node:zlib'; import '@promptyard/template/a.js'; export { z };`,
    ),
    ...aPackage('template', 'export const a = 1;'),
  };
  expect(violationsOf(sources)).toEqual([]);
});

it('refuses imports upward or sideways, of types too', () => {
  const sources = {
    'main.ts': `import './auth/a.js'; import './storage/a.js';`,
    'auth/a.ts': `import type { B } from '../versions/b.js'; export type A = B;`,
    'versions/b.ts': 'export type B = 1;',
    'storage/a.ts': `import '../database/a.js';`,
    'database/a.ts': `import '../app/app.setup.js';`,
    'app/app.setup.ts': 'export const a = 1;',
  };
  expect(violationsOf(sources)).toEqual([
    'auth/a.ts: auth-imports-only-what-is-below',
    'database/a.ts: database-and-storage-imports-only-what-is-below',
    'storage/a.ts: storage-stands-beside-database',
  ]);
});

it('refuses what a package may not know, and a protocol that knows another', () => {
  const sources = {
    'main.ts': `import '@promptyard/package-format/a.js'; import '@promptyard/cli/a.js'; import './protocols/conductor/a.js';`,
    'protocols/conductor/a.ts': `import '../openwebui/a.js';`,
    'protocols/openwebui/a.ts': 'export const a = 1;',
    'common/a.ts': 'export const a = 1;',
    ...aPackage('package-format', `import '@nestjs/common'; import '../../../src/common/a.js';`),
    ...aPackage('template', `import '@mikro-orm/core'; import 'node:fs';`),
    ...aPackage('cli', `import '@promptyard/template/a.js'; import '../../../src/common/a.js'; import 'node:fs';`),
  };
  expect(violationsOf(sources)).toEqual([
    'main.ts: the-server-knows-no-command-line',
    'packages/cli/a.ts: the-command-reaches-files-through-its-own-folder',
    'packages/cli/a.ts: the-package-cli-stands-alone',
    'packages/package-format/a.ts: the-package-package-format-stands-alone',
    'packages/package-format/a.ts: the-package-package-format-stands-alone',
    'packages/template/a.ts: the-package-template-stands-alone',
    'packages/template/a.ts: the-package-template-stands-alone',
    'protocols/conductor/a.ts: one-protocol-knows-no-other',
  ]);
});

it('refuses folders that import each other, though no module does', () => {
  const sources = {
    'main.ts': `import './auth/groups/a.js';`,
    'auth/groups/a.ts': `import '../organizations/a.js';`,
    'auth/groups/b.ts': 'export const b = 1;',
    'auth/organizations/a.ts': `import '../groups/b.js';`,
  };
  expect(violationsOf(sources)).toEqual([
    'auth/groups: no-circles-of-folders',
    'auth/organizations: no-circles-of-folders',
  ]);
});

it('refuses cycles, orphans, imports of entry points, unknown folders, unresolved imports and development dependencies', () => {
  const sources = {
    'main.ts': `import './auth/a.js'; import './helpers/a.js';`,
    'auth/a.ts': `import './b.js'; import './gone.js';`,
    'auth/b.ts': `import './a.js'; import 'fast-check';`,
    'auth/alone.ts': 'export const a = 1;',
    'helpers/a.ts': 'export const a = 1;',
    'app/server.ts': `import '../main.js';`,
  };
  expect(violationsOf(sources)).toEqual([
    'app/server.ts: nothing-imports-an-entry-point',
    'auth/a.ts: everything-resolves',
    'auth/a.ts: no-circles',
    'auth/alone.ts: no-orphans',
    'auth/b.ts: only-declared-dependencies',
    'main.ts: every-folder-has-its-layer',
  ]);
});
