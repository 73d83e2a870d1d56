// Compiles the packages and src/, each to its dist/. With --if-stale it does so only when a source is newer than the last
// build, so that `npm start` runs what is on disk and still starts at once when nothing changed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inlinePackages } from './inline-packages.mjs';

const stamp = 'dist/.built';
/** What the compiled code imports; the client compiles itself, for it needs declarations too. */
const packages = ['template', 'node-version', 'package-format', 'embedded-postgres', 'import', 'cli'];
/** The command installs without its neighbours, so it carries their code. */
const inlinedByCli = ['template', 'node-version', 'package-format', 'import'];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function isStale() {
  if (!existsSync(stamp) || packages.some((name) => !existsSync(`packages/${name}/dist`))) return true;
  const builtAt = statSync(stamp).mtimeMs;
  const manifests = packages.map((name) => `packages/${name}/package.json`);
  const sources = [...packages.map((name) => `packages/${name}/src`), 'src', 'scripts'].flatMap(filesIn);
  const settings = ['package.json', '.swcrc', 'nest-cli.json', ...manifests];
  return [...settings, ...sources].some((file) => statSync(file).mtimeMs > builtAt);
}

function buildPackage(name, compile) {
  const dist = `packages/${name}/dist`;
  rmSync(dist, { recursive: true, force: true });
  for (const file of filesIn(`packages/${name}/src`)) {
    const target = join(dist, file.slice(`packages/${name}/src/`.length)).replace(/\.ts$/, '.js');
    const { code, map } = compile(file, { outputPath: target });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, `${code}\n//# sourceMappingURL=${target.split('/').at(-1)}.map\n`);
    writeFileSync(`${target}.map`, map);
  }
}

if (!process.argv.includes('--if-stale') || isStale()) {
  const startedAt = new Date();
  const { transformFileSync } = await import('@swc/core');
  for (const name of packages) buildPackage(name, transformFileSync);
  for (const name of inlinedByCli)
    cpSync(`packages/${name}/dist`, `packages/cli/dist/@promptyard/${name}`, { recursive: true });
  inlinePackages('packages/cli/dist', inlinedByCli);
  const nest = spawnSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], { stdio: 'inherit' });
  if (nest.status !== 0) process.exit(nest.status ?? 1);
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}
