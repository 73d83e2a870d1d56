// Compiles the client to dist/. `npm install <this folder>` runs this without installing devDependencies, so a
// compiler that cannot be found is fetched first, in the version that package.json pins.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

function run(command, ...parameters) {
  const { status, error } = spawnSync(command, parameters, { cwd: here, stdio: 'inherit', shell: command === 'npm' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function findCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

rmSync(new URL('dist', import.meta.url), { recursive: true, force: true });
if (!findCompiler()) run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--global=false');
run(process.execPath, findCompiler(), '--project', 'tsconfig.json');
