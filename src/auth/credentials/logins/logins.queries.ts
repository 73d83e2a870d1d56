import { foldedEmail } from '../../../database/folded-email.js';
import { prepared } from '../../../database/prepared-statements.js';

export const windowSeconds = 60;
export const addressLifetimeDays = 90;
const maxAddressesPerAccount = 50;

// By hand: the same statement looks up the address, so that a known account takes no longer than an unknown one.
export const accountForLogin = prepared(
  'account-for-login',
  `select a.id, a.password_hash as "passwordHash", a.password_version as "passwordVersion",
     l.account_id is not null as "isKnownAddress"
   from account a
   left join login_address l on l.account_id = a.id and l.address = $4
     and l.used_at > now() - interval '${addressLifetimeDays} days'
   where a.id in (
     select id from owner where slug = $1
     union all select id from account where ${foldedEmail('email')} = ${foldedEmail('$2::text')}
   ) and (a.role <> 'pending' or $3)`,
);

// By hand: writes at most once a day, and deletes what is beyond the limit in the same round trip.
export const recordLoginAddress = prepared(
  'login-address-record',
  `with recorded as (
     insert into login_address as a (account_id, address) values ($1, $2)
     on conflict (account_id, address) do update set used_at = now() where a.used_at < now() - interval '1 day'
     returning account_id
   )
   delete from login_address where account_id in (select account_id from recorded) and address in (
     select address from login_address where account_id = $1 and address <> $2
     order by used_at desc offset ${maxAddressesPerAccount - 1}
   )`,
);

const isOver = `f.window_start <= now() - make_interval(secs => ${windowSeconds})`;
const columns = `failures, ceil(extract(epoch from window_start - now()) + ${windowSeconds})::int as "secondsLeft"`;

// By hand: one statement, so that concurrent attempts in all processes are counted one by one.
export const chargeFailures = prepared(
  'login-charge',
  `insert into login_failure as f (subject, window_start, failures)
   select subject, now(), 1 from unnest($1::text[]) subject order by subject
   on conflict (subject) do update set
     failures = case when ${isOver} then 1 else f.failures + 1 end,
     window_start = case when ${isOver} then now() else f.window_start end
   returning ${columns}`,
);

// By hand: all processes count by the clock of the database.
export const peekFailures = prepared(
  'login-peek',
  `select ${columns} from login_failure f where subject = any($1) and not (${isOver})`,
);

// By hand: counts down in the statement, as others count at the same time.
export const refundFailures = prepared(
  'login-refund',
  `update login_failure set failures = greatest(failures - 1, 0) where subject = any($1)`,
);
