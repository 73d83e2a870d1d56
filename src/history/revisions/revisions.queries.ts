import { deferred } from '../../database/batch/deferred-statement.js';
import { prepared } from '../../database/prepared-statements.js';

/** A revision `r` with its author's owner `a`, as columns of a hand-written statement. */
export const revisionColumns = `r.number, r.id, r.digest, r.content, r.syntax, r.title, r.description, r.variables,
  r.settings, r.data, r.meta, r.tags, r.packaging_digest as "packagingDigest", r.commit_message as "commitMessage",
  a.slug as author, r.parent, r.created_at as "createdAt"`;

/** The named labels that point to the revision `r`. */
export const labelsOfRevision = `array(select l.name from label l
  where l.prompt_id = r.prompt_id and l.revision = r.number and l."integer" is null order by l.name) as labels`;

const from = 'from revision r join owner a on a.id = r.author_id';
const maxPageBytes = 4 * 1024 * 1024;

// By hand: joins the author and the labels in one round trip.
export const revisionByNumber = prepared(
  'revision',
  `select ${revisionColumns}, ${labelsOfRevision}, r.packaging ${from} where r.prompt_id = $1 and r.number = $2`,
);

// By hand: a page ends by its bytes, which are summed up before the contents are read: they can be 1 MiB each.
export const revisionPage = prepared(
  'revision-page',
  `select ${revisionColumns}, ${labelsOfRevision} ${from} join (
     select id, sum(octet_length(content)) over (order by number desc) as bytes,
       row_number() over (order by number desc) as place
     from revision where prompt_id = $1 and ($2::int is null or number < $2) order by number desc limit $3
   ) page on page.id = r.id where page.bytes <= ${maxPageBytes} or page.place = 1 order by r.number desc`,
);

// By hand: the snapshot of the prompt's grants is taken by the statement itself. They are those of this moment, as the
// prompt's lock is held by all who change them.
export const insertRevision = deferred(
  'insert-revision',
  `insert into revision (
     id, prompt_id, number, parent, digest, name, title, description, content, syntax, variables, declared_variables,
     settings, data, meta, tags, packaging, packaging_digest, commit_message, author_id, created_at, grants
   )
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, coalesce((
     select jsonb_agg(g) from (
       select principal_type, coalesce(principal_id::text, '*') as principal_id, permission from prompt_grant
       where prompt_id = $2 order by 1, 2, 3
     ) g), '[]'))`,
);
