import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** Which rules a tree of sources breaks: the file that does, and the rule. */
function violationsOf(sources: Record<string, string>): string[] {
  for (const [path, text] of Object.entries(sources)) write(join('src', path), text);
  const args = [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const { violations } = Report.parse(JSON.parse(stdout)).summary;
  return violations.map(({ from, rule }) => `${from.replace('src/', '')}: ${rule.name}`).sort();
}

it('lets a folder import what stands below it', () => {
  const sources = {
    'main.ts': `import './protocols/conductor/a.js';`,
    'protocols/conductor/a.ts': `import '../../versions/a.js';`,
    'versions/a.ts': `import './package/a.js'; import '../prompts/template/a.js'; import '../config/a.js';`,
    'versions/package/a.ts': `import { z } from 'zod'; import 'node:zlib'; import '../../prompts/template/a.js'; export { z };`,
    'prompts/template/a.ts': 'export const a = 1;',
    'config/a.ts': 'export const a = 1;',
  };
  expect(violationsOf(sources)).toEqual([]);
});

it('refuses an import that leads upward or sideways, of a type too', () => {
  const sources = {
    'main.ts': `import './auth/a.js'; import './storage/a.js';`,
    'auth/a.ts': `import type { B } from '../versions/b.js'; export type A = B;`,
    'versions/b.ts': 'export type B = 1;',
    'storage/a.ts': `import '../database/a.js';`,
    'database/a.ts': `import '../app.setup.js';`,
    'app.setup.ts': 'export const a = 1;',
  };
  expect(violationsOf(sources)).toEqual([
    'auth/a.ts: auth-imports-only-what-is-below',
    'database/a.ts: database-and-storage-imports-only-what-is-below',
    'storage/a.ts: storage-stands-beside-database',
  ]);
});

it('refuses frameworks in the pure folders and a protocol that knows another', () => {
  const sources = {
    'main.ts': `import './versions/package/a.js'; import './prompts/template/a.js'; import './protocols/conductor/a.js';`,
    'versions/package/a.ts': `import '@nestjs/common'; import '../../common/a.js';`,
    'prompts/template/a.ts': `import '@mikro-orm/core';`,
    'protocols/conductor/a.ts': `import '../openwebui/a.js';`,
    'protocols/openwebui/a.ts': 'export const a = 1;',
    'common/a.ts': 'export const a = 1;',
  };
  expect(violationsOf(sources)).toEqual([
    'prompts/template/a.ts: pure-folders-know-no-framework',
    'protocols/conductor/a.ts: one-protocol-knows-no-other',
    'versions/package/a.ts: pure-folders-know-no-framework',
    'versions/package/a.ts: pure-folders-know-no-framework',
  ]);
});

it('refuses circles, orphans, entry points, unknown folders, what does not resolve and what only developers have', () => {
  const sources = {
    'main.ts': `import './auth/a.js'; import './helpers/a.js';`,
    'auth/a.ts': `import './b.js'; import './gone.js';`,
    'auth/b.ts': `import './a.js'; import 'fast-check';`,
    'auth/alone.ts': 'export const a = 1;',
    'helpers/a.ts': 'export const a = 1;',
    'server.ts': `import './main.js';`,
  };
  expect(violationsOf(sources)).toEqual([
    'auth/a.ts: everything-resolves',
    'auth/a.ts: no-circles',
    'auth/alone.ts: no-orphans',
    'auth/b.ts: only-declared-dependencies',
    'main.ts: every-folder-has-its-layer',
    'server.ts: nothing-imports-an-entry-point',
  ]);
});
