import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { addressGroup } from '../../common/http/client-address.js';
import { AuthConfig } from '../../config/auth.config.js';
import { Database } from '../../database/database.js';
import { TooManyLogins, TooManySignUps } from '../auth.errors.js';

const windowSeconds = 60;
const sweepEveryMs = 10 * 60 * 1000;

// One statement each, so that a thousand attempts at once are counted one by one, whichever process they reach.
const charge = {
  name: 'login-charge',
  text: `insert into login_failure as f (subject, window_start, failures)
         select subject, now(), 1 from unnest($1::text[]) subject order by subject
         on conflict (subject) do update set
           failures = case when f.window_start <= now() - make_interval(secs => ${windowSeconds}) then 1 else f.failures + 1 end,
           window_start = case when f.window_start <= now() - make_interval(secs => ${windowSeconds}) then now() else f.window_start end
         returning failures, ceil(extract(epoch from window_start - now()) + ${windowSeconds})::int as seconds_left`,
};
const refund = {
  name: 'login-refund',
  text: `update login_failure set failures = greatest(failures - 1, 0) where subject = any($1)`,
};
const forget = {
  name: 'login-forget',
  text: `delete from login_failure where window_start < now() - interval '1 hour'`,
};

/** Limits failed log-ins per account and per address, and sign-ups per address, over all processes. */
@Injectable()
export class LoginLimiter implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(LoginLimiter.name);
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  /**
   * Runs an attempt; one that throws counts as failed. It is charged before it is tried, so that attempts at the
   * same time cannot slip past the limit together.
   */
  async attempt<T>(account: string, address: string, tryIt: () => Promise<T>): Promise<T> {
    const subjects = this.subjectsOf(account, address);
    await this.charge(subjects);
    const result = await tryIt();
    await this.database.query(refund, [subjects]);
    return result;
  }

  /**
   * Counts an attempt that has failed already. For secrets that are too long to be guessed: whoever has one gets in,
   * however often others have failed under its name or from the same address. @throws TooManyLogins
   */
  async countFailure(account: string, address: string): Promise<void> {
    await this.charge(this.subjectsOf(account, address));
  }

  /**
   * Counts an account that a stranger asks for, whatever becomes of it: each costs the hash of a password.
   * @throws TooManySignUps
   */
  async countSignUp(address: string): Promise<void> {
    await this.charge([this.subject('sign-up', addressGroup(address))], TooManySignUps);
  }

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => void this.sweep(), sweepEveryMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeping);
  }

  private async charge(subjects: readonly string[], refusal = TooManyLogins): Promise<void> {
    const counts = await this.database.query<{ failures: number; seconds_left: number }>(charge, [subjects]);
    const over = counts.filter(({ failures }) => failures > this.config.loginAttemptsPerMinute);
    if (over.length === 0) return;
    const seconds = Math.max(1, ...over.map(({ seconds_left }) => seconds_left));
    throw refusal(undefined, { headers: { 'retry-after': String(seconds) } });
  }

  private subjectsOf(account: string, address: string): string[] {
    return [this.subject('account', account.toLowerCase()), this.subject('address', addressGroup(address))];
  }

  /** What is counted, by a hash: nobody's address is stored. */
  private subject(kind: 'account' | 'address' | 'sign-up', value: string): string {
    return createHmac('sha256', this.config.jwtSecret).update(`${kind} ${value}`).digest('base64url');
  }

  /** Drops what is too old to matter. */
  private async sweep(): Promise<void> {
    await this.database
      .query(forget)
      .catch((error: unknown) => this.log.warn(`old log-in failures stay: ${String(error)}`));
  }
}
