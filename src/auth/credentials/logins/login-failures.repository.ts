import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';

export const windowSeconds = 60;

/** What was counted of a subject in the present window. */
export interface FailureCount {
  readonly failures: number;
  readonly secondsLeft: number;
}

const isOver = `f.window_start <= now() - make_interval(secs => ${windowSeconds})`;
const columns = `failures, ceil(extract(epoch from window_start - now()) + ${windowSeconds})::int as "secondsLeft"`;

// One statement each, so that a thousand attempts at once are counted one by one, whichever process they reach.
const charge = {
  name: 'login-charge',
  text: `insert into login_failure as f (subject, window_start, failures)
         select subject, now(), 1 from unnest($1::text[]) subject order by subject
         on conflict (subject) do update set
           failures = case when ${isOver} then 1 else f.failures + 1 end,
           window_start = case when ${isOver} then now() else f.window_start end
         returning ${columns}`,
};
const peek = {
  name: 'login-peek',
  text: `select ${columns} from login_failure f where subject = any($1) and not (${isOver})`,
};
const refund = {
  name: 'login-refund',
  text: `update login_failure set failures = greatest(failures - 1, 0) where subject = any($1)`,
};
const forget = {
  name: 'login-forget',
  text: `delete from login_failure where window_start < now() - interval '1 hour'`,
};

/** Failed log-ins by subject, in windows of a minute, over all processes. */
@Injectable()
export class LoginFailuresRepository {
  constructor(private readonly database: Database) {}

  /** Counts one more of each subject. */
  charge(subjects: readonly string[]): Promise<FailureCount[]> {
    return this.database.query<FailureCount>(charge, [subjects]);
  }

  /** What has been counted, without those of which nothing has. */
  peek(subjects: readonly string[]): Promise<FailureCount[]> {
    return this.database.query<FailureCount>(peek, [subjects]);
  }

  async refund(subjects: readonly string[]): Promise<void> {
    await this.database.query(refund, [subjects]);
  }

  /** Drops what is too old to matter. */
  async forgetOld(): Promise<void> {
    await this.database.query(forget);
  }
}
