import { prepared } from '../../database/prepared-statements.js';
import { guardedColumns, guardedTables } from '../../prompts/guarded-prompt.queries.js';
import { latest } from '../pointers/label-name.js';

// By hand: one statement finds all includes of one depth, the access question included.
export const includedRevisions = prepared(
  'included-revisions',
  `with i as (
     select * from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality
       as i (owner, name, label, version, place)
   )
   select ${guardedColumns}, i.place::int, i.label, o.slug as owner, p.name, r.id, r.number, r.digest,
     octet_length(r.content) as bytes
   ${guardedTables} join i on i.owner = o.slug and i.name = p.name
   left join label l on l.prompt_id = p.id and l.name = i.label
   left join release e on e.prompt_id = p.id and e.version = i.version
   join revision r on r.prompt_id = p.id and r.number = case i.label
     when '${latest}' then (select max(number) from revision where prompt_id = p.id)
     else coalesce(l.revision, e.revision) end
   where p.deleted_at is null order by i.place`,
);

// By hand: a hot read, which is prepared, of four columns out of twenty.
export const includedTexts = prepared(
  'included-texts',
  'select id, content, syntax, variables from revision where id = any ($1)',
);
