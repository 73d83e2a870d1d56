import { Inject, Injectable } from '@nestjs/common';
import { AuthConfig } from '../../config/auth.config.js';
import { Database } from '../../database/database.js';
import { TooManyLogins } from '../auth.errors.js';

const windowSeconds = 60;

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

/** Limits failed log-ins per account and per address, over all processes. */
@Injectable()
export class LoginLimiter {
  constructor(
    private readonly database: Database,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  /**
   * Runs an attempt; one that throws counts as failed. It is charged before it is tried, so that attempts at the
   * same time cannot slip past the limit together.
   */
  async attempt<T>(account: string, address: string, tryIt: () => Promise<T>): Promise<T> {
    const subjects = [`account ${account.toLowerCase()}`, `address ${address}`];
    const counts = await this.database.query<{ failures: number; seconds_left: number }>(charge, [subjects]);
    const over = counts.filter(({ failures }) => failures > this.config.loginAttemptsPerMinute);
    if (over.length > 0) {
      const seconds = Math.max(1, ...over.map(({ seconds_left }) => seconds_left));
      throw TooManyLogins(undefined, { headers: { 'retry-after': String(seconds) } });
    }
    const result = await tryIt();
    await this.database.query(refund, [subjects]);
    return result;
  }

  /** Drops what is too old to matter. */
  async sweep(): Promise<void> {
    await this.database.query(forget);
  }
}
