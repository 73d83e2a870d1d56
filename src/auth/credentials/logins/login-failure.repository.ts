import { EntityRepository } from '@mikro-orm/postgresql';
import { LoginFailure } from './login-failure.entity.js';
import { chargeFailures, peekFailures, refundFailures } from './logins.queries.js';

const staleMs = 60 * 60 * 1000;

/** What was counted of a subject in the present window. */
export interface FailureCount {
  readonly failures: number;
  readonly secondsLeft: number;
}

/** Failed log-ins by subject, in windows of a minute, over all processes. */
export class LoginFailureRepository extends EntityRepository<LoginFailure> {
  /** Counts one more of each subject. */
  charge(subjects: readonly string[]): Promise<FailureCount[]> {
    return this.em.execute<FailureCount[]>(chargeFailures, [subjects]);
  }

  /** The counters that are not zero. */
  peek(subjects: readonly string[]): Promise<FailureCount[]> {
    return this.em.execute<FailureCount[]>(peekFailures, [subjects]);
  }

  async refund(subjects: readonly string[]): Promise<void> {
    await this.em.execute(refundFailures, [subjects]);
  }

  /** Drops what is too old to matter. */
  async deleteOld(): Promise<void> {
    await this.nativeDelete({ windowStart: { $lt: new Date(Date.now() - staleMs) } });
  }
}

LoginFailure.setCustomRepository(() => LoginFailureRepository);
