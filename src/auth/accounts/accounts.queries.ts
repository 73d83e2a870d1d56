import { prepared } from '../../database/prepared-statements.js';

const users = `select a.id, o.slug as username, a.email, a.role, a.created_at as "createdAt"
  from account a join owner o on o.id = a.id`;

// By hand: joins the owner for the user's name.
export const accountById = prepared('user', `${users} where a.id = $1`);

// By hand: joins the owner for the user's name.
export const accountPage = prepared('user-page', `${users} order by a.created_at, a.id limit $1 offset $2`);

const people = 'account a join owner o on o.id = a.id';
const name = 'coalesce(a.name, o.slug)';
const personColumns = `a.id, ${name} as name, a.email, a.role`;
// The text is compared literally, not as a pattern. It is folded as search folds, and sorted by bytes, because lower()
// and the order would depend on the locale of the database.
const matches = `a.role <> 'pending' and (
  position(search_fold($1) in search_fold(a.email)) > 0 or position(search_fold($1) in o.slug) > 0
  or position(search_fold($1) in search_fold(a.name)) > 0)
  and ($2::uuid is null or exists (select from membership where organization_id = $2 and user_id = a.id))`;

// By hand: joins the owner, whose slug is the name where no other is set.
export const personById = prepared('person', `select ${personColumns} from ${people} where a.id = $1`);

// By hand: searches in both tables with functions of this database.
export const personCount = prepared('person-count', `select count(*)::int as total from ${people} where ${matches}`);

// By hand: searches in both tables with functions of this database.
export const personPage = prepared(
  'person-page',
  `select ${personColumns} from ${people} where ${matches}
   order by search_fold(${name}) collate "C", a.id limit $3 offset $4`,
);
