import { Injectable, Logger } from '@nestjs/common';
import { DatabaseUnavailable } from '../common/errors/catalogue.js';
import { isError } from '../common/errors/define-error.js';
import { toDomainError } from './database-errors.js';

/** The minimum time between two log lines about the same failure. */
const logIntervalMs = 60_000;

interface Outage {
  /** What fails at present. */
  readonly failures: Set<string>;
  loggedAt: number;
  /** Whether the end of the outage has to be logged as well. */
  isLogged: boolean;
}

/**
 * Logs failures of work that is retried until it succeeds: the first failure, one a minute while it lasts, and the
 * recovery. All failures of an unavailable database count as one outage.
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

  /** Records a success. The first success ends the outage for all work that failed for the same reason. */
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

/** The cause of an error of the catalogue. */
function causeOf(error: unknown): string {
  return String(error instanceof Error && isError(error, DatabaseUnavailable) ? (error.cause ?? error) : error);
}
