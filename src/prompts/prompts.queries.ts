import { deferred } from '../database/batch/deferred-statement.js';
import { prepared } from '../database/prepared-statements.js';
import { guardedById, guardedByPath, guardedColumns, isNoStranger } from './guarded-prompt.queries.js';

const columns = `p.id, p.name, p.description, o.slug as "ownerSlug", p.tags, p.download_count as "downloadCount",
  p.created_at as "createdAt", p.updated_at as "updatedAt", p.title,
  p.enforce_variable_contract as "enforceVariableContract", p.latest_version as "latestVersion",
  p.revision_count as "revisionCount", ${guardedColumns}`;

// By hand: one round trip reads a prompt together with all that the access policy asks of it.
export const promptById = prepared('prompt-by-id', `select ${columns} ${guardedById}`);

// By hand: one round trip reads a prompt together with all that the access policy asks of it.
export const promptByPath = prepared('prompt-by-path', `select ${columns} ${guardedByPath}`);

// By hand: locks the row and reads what the access policy asks in one round trip. If this had to wait for the lock, what is
// said of the caller is as old as the beginning of the wait.
export const lockPromptById = prepared(
  'lock-prompt-by-id',
  `select p.*, ${guardedColumns}, o.slug as "ownerSlug" ${guardedById} and (o.slug = $3 or o.id = $4) for update of p`,
);

// By hand: as above. Strangers do not even wait for the lock of a private prompt, which would tell them of it; $5 is an
// administrator.
export const lockPromptByPath = prepared(
  'lock-prompt-by-path',
  `select p.*, ${guardedColumns}, o.slug as "ownerSlug" ${guardedByPath} and ($5 or ${isNoStranger}) for update of p`,
);

// By hand: prepared, because every write begins with it.
export const lockPrompt = prepared('lock-prompt', 'select * from prompt where id = $1 for update');

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
export const reserveName = deferred(
  'reserve-name',
  'insert into published_name (owner_id, name, prompt_id) values ($1, $2, $3) on conflict do nothing',
);
