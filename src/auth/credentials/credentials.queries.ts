import { foldedEmail } from '../../database/folded-email.js';
import { prepared } from '../../database/prepared-statements.js';

const columns = `a.id as "userId", o.slug as username, a.role, k.id as "keyId", k.scopes as "keyScopes",
  k.owner_id as "keyOwnerId", k.prompt_id as "keyPromptId",
  extract(epoch from k.expires_at - now())::float8 as "keySecondsLeft"`;
const keyIsValid = `k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`;

// By hand: asked by every request whose credentials are not in the cache; joins three tables and reads scalars only.
export const subjectByKey = prepared(
  'principal-by-key',
  `select ${columns} from api_key k join account a on a.id = k.user_id join owner o on o.id = a.id
   where k.hash = $1 and ${keyIsValid} and a.role <> 'pending'`,
);

// By hand: asked by every request whose credentials are not in the cache; joins three tables and reads scalars only.
export const subjectBySession = prepared(
  'principal-by-session',
  `select ${columns}, a.password_version = $2 and ($3::uuid is null or k.id is not null) as "isValid"
   from account a join owner o on o.id = a.id
   left join api_key k on k.id = $3 and k.user_id = a.id and ${keyIsValid} where a.id = $1`,
);

// By hand: asked by every request with a token of another server; compares addresses as their index has them.
export const subjectByEmail = prepared(
  'principal-by-email',
  `select ${columns} from account a join owner o on o.id = a.id left join api_key k on false
   where ${foldedEmail('a.email')} = ${foldedEmail('$1::text')}`,
);

// By hand: joins the account, and takes the database's clock.
export const sessionByKeyPair = prepared(
  'session-by-key-pair',
  `select a.id as "userId", a.password_version as "passwordVersion", k.expires_at as "expiresAt"
   from api_key k join account a on a.id = k.user_id
   where k.hash = $1 and k.id = $2 and ${keyIsValid} and a.role <> 'pending'`,
);

// By hand: the ORM has no `for no key update`, which does not block what refers to the account. All keys of a user are
// made and revoked under this lock, so that no key is made with one that is being revoked.
export const lockKeysOfUser = prepared('lock-user-of-keys', 'select from account where id = $1 for no key update');

// By hand: recursive.
export const revokeKeyFamily = prepared(
  'revoke-key-family',
  `with recursive family as (
     select id from api_key where id = $1
     union select k.id from api_key k join family f on k.parent_id = f.id
   )
   update api_key set revoked_at = now() where id in (select id from family) and revoked_at is null
   returning id, name`,
);

// By hand: writes many at once and skips rows that are being changed, whose next use comes.
export const recordKeyUses = prepared(
  'note-key-uses',
  `with due as (
     select k.id, u.at from unnest($1::uuid[], $2::timestamptz[]) u (id, at) join api_key k on k.id = u.id
     where k.last_used_at is null or k.last_used_at < u.at order by k.id for no key update of k skip locked
   )
   update api_key k set last_used_at = due.at from due where k.id = due.id`,
);
