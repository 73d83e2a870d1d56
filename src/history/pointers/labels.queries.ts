import { deferred } from '../../database/batch/deferred-statement.js';
import { prepared } from '../../database/prepared-statements.js';

// By hand: joins the revision for its digest.
export const labelPointer = prepared(
  'label-pointer',
  `select l.revision, r.digest from label l
   join revision r on r.prompt_id = l.prompt_id and r.number = l.revision where l.prompt_id = $1 and l.name = $2`,
);

/** All that a move of the label $2 of the prompt $1 depends on, and where the version $3 of Conductor points. */
export const labelStateColumns = `(select revision from label where prompt_id = $1 and name = $2) as revision,
     (select writers from label_protection where prompt_id = $1 and label = $2) as writers,
     (select count(*)::int from label where prompt_id = $1 and "integer" is null) as labels,
     highest."integer" as "highestInteger", highest.revision as "highestRevision",
     (select revision from label where prompt_id = $1 and name = $3) as "integerRevision"`;

export const labelStateTables = `from (values ($1::uuid)) this (prompt_id) left join lateral (
     select "integer", revision from label where prompt_id = this.prompt_id and "integer" is not null
     order by "integer" desc limit 1
   ) highest on true`;

// By hand: reads everything that a move depends on in one round trip, because every write path needs it.
export const labelState = prepared('label-state', `select ${labelStateColumns} ${labelStateTables}`);

// By hand: as above, with the revision to point to, which is $4 or that of the version $5, and with the present digest.
export const labelStateForMove = prepared(
  'label-state-for-move',
  `select ${labelStateColumns}, (select number from revision where prompt_id = $1 and number = coalesce(
       (select revision from release where prompt_id = $1 and version = $5), $4::int)) as target,
     (select r.digest from label l join revision r on r.prompt_id = l.prompt_id and r.number = l.revision
      where l.prompt_id = $1 and l.name = $2) as digest
   ${labelStateTables}`,
);

// Moves of one label are in order of time even if the clock is set back: the prompt's row is locked meanwhile.
const record = `insert into label_move (prompt_id, label, from_revision, to_revision, moved_by, protocol, moved_at)
  select $1, m.label, m.from_revision, m.to_revision, $5, $6, greatest(
    date_trunc('milliseconds', clock_timestamp()),
    (select max(moved_at) from label_move where prompt_id = $1 and label = m.label))
  from unnest($2::text[], $3::int[], $4::int[]) with ordinality m (label, from_revision, to_revision, place)
  order by m.place`;

// By hand: pointers and their ledger get one time, which is never before the last move.
export const moveLabels = deferred(
  'move-labels',
  `${record} returning label, to_revision, moved_by, moved_at`,
  `insert into label (prompt_id, name, "integer", revision, created_at, created_by, moved_at, moved_by)
   select $1, label, case when label ~ '^[0-9]+$' then label::int end,
     to_revision, moved_at, moved_by, moved_at, moved_by from {1}
   on conflict (prompt_id, name) do update
     set revision = excluded.revision, moved_at = excluded.moved_at, moved_by = excluded.moved_by,
       created_at = case when excluded.name = $7 then excluded.created_at else label.created_at end,
       created_by = case when excluded.name = $7 then excluded.created_by else label.created_by end`,
);

// By hand: as above.
export const removeLabels = deferred(
  'remove-labels',
  record,
  'delete from label where prompt_id = $1 and name = any ($2::text[])',
);

const items = `select coalesce(l.name, p.label) as label, l.revision, r.digest, l.moved_at as "movedAt",
    mover.slug as "movedBy", array(select slug from owner where id = any (p.writers) order by slug) as writers,
    p.label is not null as "isProtected"
  from (select * from label where prompt_id = $1 and "integer" is null) l
  full join (select * from label_protection where prompt_id = $1) p on p.label = l.name
  left join revision r on r.prompt_id = $1 and r.number = l.revision
  left join owner mover on mover.id = l.moved_by
  union all
  (select $2, number, digest, r.created_at, a.slug, '{}', false from revision r join owner a on a.id = r.author_id
   where prompt_id = $1 order by number desc limit 1)`;

// By hand: joins protections, revisions and owners, and adds the label that is computed.
export const labelItems = prepared('label-items', `${items} order by 1 limit 1000`);

// By hand: as above, for one label.
export const labelItem = prepared('label-item', `select * from (${items}) items where label = $3`);

// By hand: joins the owner for the user's name.
export const labelHistory = prepared(
  'label-history',
  `select m.sequence::text, m.from_revision as "fromRevision", m.to_revision as "toRevision", m.moved_at as "movedAt",
     o.slug as "movedBy", m.protocol
   from label_move m join owner o on o.id = m.moved_by
   where m.prompt_id = $1 and m.label = $2 and ($3::bigint is null or m.sequence < $3)
   order by m.sequence desc limit $4`,
);
