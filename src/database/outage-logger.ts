import { Injectable, Logger } from '@nestjs/common';
import { DatabaseUnavailable } from '../common/errors/catalogue.js';
import { isError } from '../common/errors/define-error.js';
import { toDomainError } from './database-errors.js';

/** Between two lines about the same thing. */
const logIntervalMs = 60_000;

interface Outage {
  /** What fails at present. */
  readonly failures: Set<string>;
  loggedAt: number;
  /** Whether its end is to be told, too. */
  isLogged: boolean;
}

/**
 * Tells of work that is repeated until it succeeds: when it begins to fail, once a minute while it goes on, and when it is
 * over. A database that is away is one thing, however much fails of it.
 */
@Injectable()
export class OutageLogger {
  private readonly log = new Logger(OutageLogger.name);
  private readonly outages = new Map<string, Outage>();

  /** @param what could not be done, in words that begin with `could not` */
  recordFailure(what: string, error: unknown): void {
    const isDatabase = isError(toDomainError(error), DatabaseUnavailable);
    const subject = isDatabase ? DatabaseUnavailable.message : what;
    const outage = this.outages.get(subject) ?? { failures: new Set<string>(), loggedAt: -Infinity, isLogged: false };
    this.outages.set(subject, outage);
    outage.failures.add(what);
    const now = performance.now();
    if (now - outage.loggedAt < logIntervalMs) return;
    outage.loggedAt = now;
    outage.isLogged = true;
    this.log.warn(isDatabase ? `${subject}: ${what}: ${causeOf(error)}` : `${what}: ${causeOf(error)}`);
  }

  /** Tells that it could be done now. The first of all that failed for the same reason ends the outage. */
  recordSuccess(what: string): void {
    for (const [subject, outage] of this.outages) {
      if (!outage.failures.has(what)) continue;
      outage.failures.clear();
      if (outage.isLogged)
        this.log.warn(subject === what ? `${what}: over, it was done now` : 'the database answers again');
      outage.isLogged = false;
    }
  }
}

/** What really happened, of an error of the catalogue. */
function causeOf(error: unknown): string {
  return String(error instanceof Error && isError(error, DatabaseUnavailable) ? (error.cause ?? error) : error);
}
