import { closeSync, constants, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ifPresent } from '../node-errors.js';

const maxLogBytes = 5 * 1024 * 1024;
const checkIntervalMs = 60_000;

/**
 * The log of PostgreSQL: `postgres.log` in the data folder, and its predecessor `postgres.log.1`. PostgreSQL's own
 * collector rotates by size but never deletes, and would be another process.
 */
export class ServerLog {
  readonly path: string;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'postgres.log');
  }

  /** Opens a descriptor for PostgreSQL's output. It appends, so that a truncation leaves no hole. */
  withDescriptor<T>(use: (descriptor: number) => T): T {
    const descriptor = openSync(this.path, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
    try {
      return use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  size(): number {
    return ifPresent(() => statSync(this.path).size) ?? 0;
  }

  textFrom(offset: number): string {
    return ifPresent(() => readFileSync(this.path).subarray(offset).toString('utf8')) ?? '';
  }

  trim(limitBytes = maxLogBytes): void {
    if (this.size() <= limitBytes) return;
    try {
      copyFileSync(this.path, `${this.path}.1`);
    } finally {
      truncateSync(this.path);
    }
  }

  /** Keeps the log bounded until the returned function is called. */
  keepTrimmed(): () => void {
    this.tryToTrim();
    const timer = setInterval(() => this.tryToTrim(), checkIntervalMs).unref();
    return () => clearInterval(timer);
  }

  /** A full disk or a removed log must not end the server. */
  private tryToTrim(): void {
    try {
      this.trim();
    } catch {
      // The next round tries again.
    }
  }
}
