import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
const run = promisify(execFile);

/** The folder of Python's programs with the generator and its client's needs, or why it cannot be on this machine. */
export type Generator = { readonly programs: string } | { readonly reason: string };

/** Installs the generator once for each state of its pins; a virtual environment cannot be moved, so it stays where it is. */
export function installGenerator(): Generator {
  const hash = createHash('sha256');
  for (const name of ['build.sh', 'requirements.txt']) hash.update(readFileSync(join(here, name)));
  const home = join(tmpdir(), 'promptyard-python-client');
  const kept = join(home, hash.digest('hex').slice(0, 16));
  if (!existsSync(kept)) {
    mkdirSync(home, { recursive: true });
    const fresh = mkdtempSync(join(home, 'building-'));
    const { status, stderr, error } = spawnSync(join(here, 'build.sh'), [fresh], { encoding: 'utf8' });
    if (status !== 0) {
      rmSync(fresh, { recursive: true });
      return refusal(error?.message ?? stderr);
    }
    keep(fresh, kept);
  }
  return { programs: join(kept, 'venv', 'bin') };
}

/** Writes the package `promptyard` into the folder; whatever the generator cannot make of the document is an error. */
export async function generateClient(programs: string, folder: string): Promise<void> {
  const module = ['-m', 'openapi_python_client', 'generate', '--fail-on-warning', '--meta', 'none'];
  const files = ['--config', join(here, 'generator.yaml'), '--path', 'openapi/openapi.json'];
  await run(join(programs, 'python'), [...module, ...files, '--output-path', join(folder, 'promptyard')]);
}

/** What consumer.py says that came of it. */
export async function consume(programs: string, folder: string, url: string, key: string): Promise<unknown> {
  const env = { PATH: process.env.PATH, PYTHONPATH: folder };
  const { stdout } = await run(join(programs, 'python'), [join(here, 'consumer.py'), url, key], { env });
  return JSON.parse(stdout);
}

// CI has the network and Python: there it is no reason.
function refusal(reason: string): Generator {
  if (process.env.CI) throw new Error(`The generator of the Python client was not installed: ${reason}`);
  return { reason: reason.trim() };
}

function keep(fresh: string, kept: string): void {
  try {
    renameSync(fresh, kept);
  } catch (error) {
    // Another run was first; its environment is as good.
    if (!existsSync(kept)) throw error;
    rmSync(fresh, { recursive: true });
  }
}
