// Compiles the client to dist/, with the template language in it. `npm install <this folder>` runs this without installing
// devDependencies, so a compiler that cannot be found is fetched first, in the version that package.json pins.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inlinePackages } from '../../scripts/inline-packages.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const template = 'dist/@promptyard/template';

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
run(process.execPath, findCompiler(), '--project', '../template/tsconfig.build.json', '--outDir', template);
run(process.execPath, findCompiler(), '--project', 'tsconfig.build.json');
inlinePackages(join(here, 'dist'), ['template']);
