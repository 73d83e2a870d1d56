import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const toolchainMissing = 69;

/** How a driver is started, or why it cannot be on this machine. */
export type Build = { readonly command: readonly string[] } | { readonly reason: string };

/**
 * For clients whose build would take too much of every run's time: with CONDUCTOR_CLIENTS=all, or by run.sh.
 */
export function buildOnRequest(language: 'java' | 'go'): Build {
  const { CONDUCTOR_CLIENTS, PROMPTYARD_URL } = process.env;
  if (CONDUCTOR_CLIENTS === 'all' || PROMPTYARD_URL !== undefined) return buildDriver(language);
  return { reason: 'asked for by CONDUCTOR_CLIENTS=all, or by run.sh' };
}

/** Builds the driver of a language once for each state of its files; what it fetches is kept under the temporary folder. */
export function buildDriver(language: 'python' | 'java' | 'go'): Build {
  const source = join(import.meta.dirname, language);
  const home = join(tmpdir(), 'promptyard-conductor-clients');
  const kept = join(home, `${language}-${fingerprint(source)}`);
  if (!existsSync(kept)) {
    mkdirSync(home, { recursive: true });
    const fresh = mkdtempSync(join(home, 'building-'));
    const { status, stderr, error } = spawnSync(join(source, 'build.sh'), [fresh], { encoding: 'utf8' });
    if (status !== 0) {
      rmSync(fresh, { recursive: true });
      return refusal(language, status, error?.message ?? stderr);
    }
    keep(fresh, kept);
  }
  return { command: [join(kept, 'driver')] };
}

// CI has the network and Python; a missing JDK or Go is told in the name of the skipped tests.
function refusal(language: string, status: number | null, reason: string): Build {
  if (process.env.CI && (language === 'python' || status !== toolchainMissing)) {
    throw new Error(`The driver of the ${language} client was not built: ${reason}`);
  }
  return { reason: reason.trim() };
}

function keep(fresh: string, kept: string): void {
  try {
    renameSync(fresh, kept);
  } catch (error) {
    // Another run was first; its build is as good.
    if (!existsSync(kept)) throw error;
    rmSync(fresh, { recursive: true });
  }
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
