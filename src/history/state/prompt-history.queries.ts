import { prepared } from '../../database/prepared-statements.js';
import { guardedFor } from '../../prompts/guarded-prompt.queries.js';
import { labelStateColumns, labelStateTables } from '../pointers/labels.queries.js';

const revision = `r.id, r.prompt_id as "promptId", r.number, r.parent, r.digest, r.name, r.title, r.description, r.content,
  r.syntax, r.variables, r.declared_variables as "declaredVariables", r.settings, r.data, r.meta, r.tags, r.packaging,
  r.packaging_digest as "packagingDigest", r.commit_message as "commitMessage", r.author_id as "authorId",
  r.created_at as "createdAt"`;

/** $1 is the prompt, $2 the label, $3 a version of Conductor or null. A row for each of the two revisions, at least one. */
const historyWith = (based: string, more = '') => `
  with state as (
    select ${labelStateColumns},
      (select max(number) from revision where prompt_id = $1) as newest ${more}
    ${labelStateTables}
  )
  select state.*, ${revision}, ${based} as based
  from state left join revision r on r.prompt_id = $1 and r.number in (newest, ${based})`;
const guarded = guardedFor('$4');

// By hand: one round trip under the lock reads all that a save depends on: the state of the label, the newest revision, the
// one that the save is based on, which is the live one here, and what the access policy asks for the user $4.
export const historyOfLive = prepared(
  'history-of-live',
  historyWith(
    'coalesce(state.revision, newest)',
    `, (select to_json(g) from (select ${guarded.columns} ${guarded.tables} where p.id = $1) g) as guarded`,
  ),
);

// By hand: as above, based on what Conductor has shown of the version.
export const historyOfVersion = prepared(
  'history-of-version',
  historyWith('coalesce(state."integerRevision", state."highestRevision", newest)'),
);

// By hand: as above, with what a package is compared with: the highest version that is not yanked below it ($4, $5, $6),
// and whether production is a revision that a user has chosen.
export const historyOfPackage = prepared(
  'history-of-package',
  historyWith(
    'newest',
    `, exists (select from label l where l.prompt_id = $1 and l.name = $2 and not exists (
         select from release e where e.prompt_id = l.prompt_id and e.revision = l.revision)) as "isProductionChosen",
       (select json_build_object('version', e.version, 'variables', p.variables) from release e
        join revision p on p.prompt_id = e.prompt_id and p.number = e.revision
        where e.prompt_id = $1 and not e.yanked and (e.major, e.minor, e.patch) < ($4::int, $5::int, $6::int)
        order by e.major desc, e.minor desc, e.patch desc limit 1) as previous`,
  ),
);
