import { prepared } from '../../database/prepared-statements.js';
import { currentToken } from './bucket-fence/bucket-fence.queries.js';

/** Holder of reservations that no process holds: no process locks this key, so each can take them over at once. */
export const noHolder = '0';

const columns = 'id, prompt_id as "promptId", version, object_key as "objectKey", predecessors, unproven';
// Reservations from before the current token may exist in a copy of the database too.
const isProven = `fence = ${currentToken}`;
const provenPredecessors = (ids: string) => `case when ${isProven} then ${ids} else '{}' end`;
const unprovenPredecessors = (ids: string) => `case when ${isProven} then unproven else unproven || ${ids} end`;
// A holder whose advisory lock is free is dead, because PostgreSQL releases the lock with the connection.
const isDead = 'pg_try_advisory_xact_lock_shared(holder)';

const isUnpublished = 'not exists (select from version where prompt_id = $2 and version = $3)';

// By hand: detects in one round trip whether the number and the key are free. While this waits for a process that is just
// publishing the number, the version may come into being: then the store refuses the bytes.
export const reserve = prepared(
  'reserve',
  `insert into version_reservation (id, prompt_id, version, object_key, holder, fence)
   select $1, $2, $3, $4, $5, ${currentToken} where ${isUnpublished} on conflict do nothing returning ${columns}`,
);

const takeOver = `
  update version_reservation set id = $1, prompt_id = $2, version = $3, holder = $5, fence = ${currentToken},
    predecessors = ${provenPredecessors('predecessors || id')},
    unproven = ${unprovenPredecessors('predecessors || id')}, created_at = now()`;

// By hand: tries the holder's advisory lock and takes the row over in one statement.
export const takeOverKey = prepared(
  'take-over-reservation',
  `${takeOver} where object_key = $4 and ${isUnpublished} and ${isDead} returning ${columns}`,
);

// By hand: as above, for a number whose object went to an alternate key, or whose prompt had another name then.
export const takeOverVersion = prepared(
  'take-over-reserved-version',
  `${takeOver}, object_key = case when starts_with(object_key, $6) then object_key else $7 end
   where prompt_id = $2 and version = $3 and object_key <> $4 and ${isUnpublished} and ${isDead} returning ${columns}`,
);

// By hand: ends the reservation and locks the prompt in one round trip. The prompt's columns are null if it was deleted.
export const finishReservation = prepared(
  'finish-reservation',
  `with finished as (delete from version_reservation where id = $1 and holder = $2 returning id)
   select p.* from finished left join lateral (
     select * from prompt where id = $3 and deleted_at is null for update
   ) p on true`,
);

// By hand: the predecessors move from one column to the other in the row as it is then.
export const moveReservation = prepared(
  'move-reservation',
  `update version_reservation set object_key = $3, predecessors = '{}', unproven = unproven || predecessors
   where id = $1 and holder = $2 returning ${columns}`,
);

// By hand: compares with the token of the bucket fence. Only the database with this token can have finished the
// reservation, so it is proven, unlike the reservations that it took over.
export const releaseReservation = prepared(
  'release-reservation',
  `update version_reservation set holder = ${noHolder}, fence = ${currentToken},
     predecessors = ${provenPredecessors('predecessors')},
     unproven = ${unprovenPredecessors('predecessors')}, created_at = now()
   where id = $1 and holder = $2 returning id`,
);

// By hand: `on conflict`, and only if no version has the key. For a process that lost its reservation while its bytes
// were on their way: they may arrive after the reservation has ended.
export const rememberReservation = prepared(
  'remember-reservation',
  `insert into version_reservation (id, prompt_id, version, object_key, holder, fence, unproven)
   select $1, $2, $3, $4, ${noHolder}, ${currentToken}, $5
   where not exists (select from version where object_key = $4) on conflict do nothing`,
);

// By hand: tries advisory locks, and skips rows that another process locks. Where a version has the key, the object there is
// the version's, and none can arrive any more: the reservation of a rival that died is over.
export const releaseDeadReservations = prepared(
  'release-dead-reservations',
  `with dead as (
     select id, exists (select from version v where v.object_key = r.object_key) as is_over
     from version_reservation r where holder <> ${noHolder} and ${isDead} for update skip locked
   ), ended as (
     delete from version_reservation where id in (select id from dead where is_over)
   )
   update version_reservation set holder = ${noHolder}, created_at = now()
   where id in (select id from dead where not is_over)`,
);

// By hand: compares with the token of the bucket fence and with the database's clock.
export const releasedReservations = prepared(
  'released-reservations',
  `select ${columns}, created_at < now() - interval '2 minutes' as "isQuiet"
   from version_reservation where holder = ${noHolder} and ${isProven} order by created_at limit $1`,
);

// By hand: compares with the token of the bucket fence.
export const postponeReservations = prepared(
  'postpone-reservations',
  `update version_reservation set created_at = now() where holder = ${noHolder} and ${isProven}`,
);

// By hand: in a copy of a database nothing may be deleted, nor ever an object that a version names; asked with the lock.
export const lockOwnReservation = prepared(
  'lock-reservation',
  `select id from version_reservation r where id = $1 and holder = $2
   and ${isProven} and not exists (select from version v where v.object_key = r.object_key) for update`,
);

// By hand: asked in one snapshot, as a version takes the place of its reservation in one transaction.
export const recordsOfKeys = prepared(
  'records-of-objects',
  `select k.key, exists (select from version v where v.object_key = k.key) as "isNamed", r.id,
     coalesce(r.predecessors, '{}') as predecessors, coalesce(r.unproven, '{}') as unproven,
     r.id is not null and not pg_try_advisory_xact_lock_shared(r.holder) as "isHeld",
     coalesce(r.fence = ${currentToken}, false) as "isProven"
   from unnest($1::text[]) with ordinality k (key, n) left join version_reservation r on r.object_key = k.key
   order by n`,
);

// By hand: tries the holder's advisory lock.
export const deleteDeadReservation = prepared(
  'forget-reservation-of-object',
  'delete from version_reservation where object_key = $1 and pg_try_advisory_xact_lock_shared(holder)',
);
