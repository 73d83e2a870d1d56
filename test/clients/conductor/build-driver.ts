import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cachedBuild } from '../../support/build-cache.js';

const toolchainMissing = 69;

/** The command that starts a driver, or why that is not possible on this machine. */
export type Build = { readonly command: readonly string[] } | { readonly reason: string };

/** For clients whose build takes too long for every run: only with CONDUCTOR_CLIENTS=all, or from run.sh. */
export async function buildOnRequest(language: 'java' | 'go'): Promise<Build> {
  const { CONDUCTOR_CLIENTS, PROMPTYARD_URL } = process.env;
  if (CONDUCTOR_CLIENTS === 'all' || PROMPTYARD_URL !== undefined) return buildDriver(language);
  return { reason: 'asked for by CONDUCTOR_CLIENTS=all, or by run.sh' };
}

/** Builds the driver of a language once for each state of its files. */
export async function buildDriver(language: 'python' | 'java' | 'go'): Promise<Build> {
  const source = join(import.meta.dirname, language);
  const built = await cachedBuild(`promptyard-conductor-${language}`, source, readdirSync(source));
  if ('folder' in built) return { command: [join(built.folder, 'driver')] };
  // CI has the network and Python; a missing JDK or Go is told in the name of the skipped tests.
  if (process.env.CI && (language === 'python' || built.status !== toolchainMissing)) {
    throw new Error(`The driver of the ${language} client was not built: ${built.reason}`);
  }
  return built;
}
