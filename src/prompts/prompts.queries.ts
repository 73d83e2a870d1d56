import { prepared } from '../database/prepared-statements.js';
import { guardedById, guardedByPath, guardedColumns } from './guarded-prompt.queries.js';

const columns = `p.id, p.name, p.description, o.slug as "ownerSlug", p.tags, p.download_count as "downloadCount",
  p.created_at as "createdAt", p.updated_at as "updatedAt", p.title,
  p.enforce_variable_contract as "enforceVariableContract", p.latest_version as "latestVersion",
  p.revision_count as "revisionCount", ${guardedColumns}`;

// By hand: one round trip reads a prompt together with all that the access policy asks of it.
export const promptById = prepared('prompt-by-id', `select ${columns} ${guardedById}`);

// By hand: one round trip reads a prompt together with all that the access policy asks of it.
export const promptByPath = prepared('prompt-by-path', `select ${columns} ${guardedByPath}`);

// By hand: joins the owner.
export const promptPath = prepared(
  'prompt-path',
  `select o.slug || '/' || p.name as path from prompt p join owner o on o.id = p.owner_id where p.id = $1`,
);

// By hand: two tables are asked in one round trip.
export const nameTaken = prepared(
  'name-taken',
  `select 1 from prompt where owner_id = $1 and name = $2 and deleted_at is null
   union all select 1 from published_name where owner_id = $1 and name = $2`,
);

// By hand: the ORM reads the row again after an insert that does nothing on conflict.
export const reserveName = prepared(
  'reserve-name',
  'insert into published_name (owner_id, name, prompt_id) values ($1, $2, $3) on conflict do nothing',
);
