import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedBuild } from '../../support/build-cache.js';

const here = import.meta.dirname;
const run = promisify(execFile);

/**
 * The folder of the Python programs with the generator and the client's dependencies, or why they cannot be installed.
 */
export type Generator = { readonly programs: string } | { readonly reason: string };

/** Installs the generator once for each state of its pins. */
export async function installGenerator(): Promise<Generator> {
  const built = await cachedBuild('promptyard-python-client', here, ['build.sh', 'requirements.txt']);
  if ('folder' in built) return { programs: join(built.folder, 'venv', 'bin') };
  // CI has the network and Python: there it is no reason.
  if (process.env.CI) throw new Error(`The generator of the Python client was not installed: ${built.reason}`);
  return built;
}

/**
 * Writes the package `promptyard` into the folder. A part of the document that the generator cannot use is an error.
 */
export async function generateClient(programs: string, folder: string): Promise<void> {
  const module = ['-m', 'openapi_python_client', 'generate', '--fail-on-warning', '--meta', 'none'];
  const files = ['--config', join(here, 'generator.yaml'), '--path', 'openapi/openapi.json'];
  await run(join(programs, 'python'), [...module, ...files, '--output-path', join(folder, 'promptyard')]);
}

/** The result of consumer.py. */
export async function consume(programs: string, folder: string, url: string, key: string): Promise<unknown> {
  const env = { PATH: process.env.PATH, PYTHONPATH: folder };
  const { stdout } = await run(join(programs, 'python'), [join(here, 'consumer.py'), url, key], { env });
  return JSON.parse(stdout);
}
