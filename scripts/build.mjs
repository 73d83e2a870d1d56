// Compiles src/ to dist/. With --if-stale it does so only when a source is newer than the last build, so that
// `npm start` runs what is on disk and still starts at once when nothing changed.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync, utimesSync, writeFileSync } from 'node:fs';

const stamp = 'dist/.built';

function isStale() {
  if (!existsSync(stamp)) return true;
  const builtAt = statSync(stamp).mtimeMs;
  const sources = ['package.json', '.swcrc', 'nest-cli.json', ...globSync('src/**/*')];
  return sources.some((file) => statSync(file).mtimeMs > builtAt);
}

if (!process.argv.includes('--if-stale') || isStale()) {
  const startedAt = new Date();
  const nest = spawnSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], { stdio: 'inherit' });
  if (nest.status !== 0) process.exit(nest.status ?? 1);
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
}
