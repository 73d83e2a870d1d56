import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
import { latest } from './label-name.js';
import type { LabelItem, LabelMove } from './labels.dto.js';

/** Where a label points, and since when. */
export interface Pointer {
  readonly revision: number;
  /** Lower-case hex, of the revision. */
  readonly digest: string;
}

/** Where a pointer of the second kind points. */
export interface IntegerPointer {
  readonly integer: number;
  readonly revision: number;
}

/** What decides whether a label may be moved. */
export interface LabelStanding {
  /** Where it points; null if it is not there. */
  readonly revision: number | null;
  /** Ids of those who may move it; null where it is not protected. */
  readonly writers: readonly string[] | null;
  /** How many labels the prompt has that people name. */
  readonly labels: number;
  /** The highest integer, and where it points; null if there is none. */
  readonly highest_integer: number | null;
  readonly highest_revision: number | null;
}

export interface Move {
  readonly label: string;
  readonly from: number | null;
  readonly to: number;
}

export interface Moves {
  readonly promptId: string;
  readonly by: string;
  readonly via: string;
}

type LabelRow = Omit<LabelItem, 'digest' | 'moved_at'> & { digest: string | null; moved_at: string | null };
type MoveRow = LabelMove & { sequence: string };

const current = {
  name: 'label',
  text: `select l.revision, r.digest from label l
         join revision r on r.prompt_id = l.prompt_id and r.number = l.revision where l.prompt_id = $1 and l.name = $2`,
};
// Moves of one label are in order of time even if the clock is set back: whoever moves holds the prompt's row.
const record = `insert into label_move (prompt_id, label, from_revision, to_revision, moved_by, protocol, moved_at)
         select $1, m.label, m.from_revision, m.to_revision, $5, $6, greatest(
           date_trunc('milliseconds', clock_timestamp()),
           (select max(moved_at) from label_move where prompt_id = $1 and label = m.label))
         from unnest($2::text[], $3::int[], $4::int[]) with ordinality m (label, from_revision, to_revision, place)
         order by m.place`;
const set = {
  name: 'set-labels',
  text: `with move as (${record} returning label, to_revision, moved_by, moved_at)
         insert into label (prompt_id, name, "integer", revision, created_at, created_by, moved_at, moved_by)
         select $1, label, case when label ~ '^[0-9]+$' then label::int end,
           to_revision, moved_at, moved_by, moved_at, moved_by from move
         on conflict (prompt_id, name) do update
           set revision = excluded.revision, moved_at = excluded.moved_at, moved_by = excluded.moved_by,
             created_at = case when $7 then excluded.created_at else label.created_at end,
             created_by = case when $7 then excluded.created_by else label.created_by end`,
};
const drop = {
  name: 'drop-labels',
  text: `with move as (${record}) delete from label where prompt_id = $1 and name = any ($2::text[])`,
};
const standing = {
  name: 'label-standing',
  text: `select (select revision from label where prompt_id = $1 and name = $2) as revision,
           (select writers from label_protection where prompt_id = $1 and label = $2) as writers,
           (select count(*)::int from label where prompt_id = $1 and "integer" is null) as labels,
           highest."integer" as highest_integer, highest.revision as highest_revision
         from (values ($1::uuid)) this (prompt_id) left join lateral (
           select "integer", revision from label where prompt_id = this.prompt_id and "integer" is not null
           order by "integer" desc limit 1
         ) highest on true`,
};
const highestInteger = {
  name: 'highest-integer',
  text: `select "integer", revision from label where prompt_id = $1 and "integer" is not null
           and "integer" is distinct from $2 order by "integer" desc limit 1`,
};
const items = `select coalesce(l.name, p.label) as label, l.revision, r.digest, l.moved_at, mover.slug as moved_by,
           array(select slug from owner where id = any (p.writers) order by slug) as writers,
           p.label is not null as protected
         from (select * from label where prompt_id = $1 and "integer" is null) l
         full join (select * from label_protection where prompt_id = $1) p on p.label = l.name
         left join revision r on r.prompt_id = $1 and r.number = l.revision
         left join owner mover on mover.id = l.moved_by
         union all
         (select $2, number, digest, r.created_at, a.slug, '{}', false from revision r join owner a on a.id = r.author_id
          where prompt_id = $1 order by number desc limit 1)
`;
const list = { name: 'labels', text: `${items} order by 1 limit 1000` };
const one = { name: 'label-item', text: `select * from (${items}) items where label = $3` };
const history = {
  name: 'label-history',
  text: `select m.sequence::text, m.from_revision, m.to_revision, m.moved_at, o.slug as moved_by, m.protocol
         from label_move m join owner o on o.id = m.moved_by
         where m.prompt_id = $1 and m.label = $2 and ($3::bigint is null or m.sequence < $3)
         order by m.sequence desc limit $4`,
};

/** Pointers to revisions, the ledger of their moves, and who may move them. */
@Injectable()
export class LabelsRepository {
  constructor(private readonly database: Database) {}

  async find(promptId: string, label: string): Promise<Pointer | undefined> {
    return (await this.database.query<Pointer>(current, [promptId, label]))[0];
  }

  async standing(promptId: string, label: string): Promise<LabelStanding> {
    const [row] = await this.database.query<LabelStanding>(standing, [promptId, label]);
    return row ?? { revision: null, writers: null, labels: 0, highest_integer: null, highest_revision: null };
  }

  /**
   * Sets pointers and records it, in the running transaction, which holds the prompt's row. With `isAnew` they look as
   * if they had been made by these moves.
   */
  async set({ promptId, by, via }: Moves, moves: readonly Move[], isAnew: boolean): Promise<void> {
    const columns = [moves.map(({ label }) => label), moves.map(({ from }) => from), moves.map(({ to }) => to)];
    await this.database.query(set, [promptId, ...columns, by, via, isAnew]);
  }

  /** Takes a pointer away, in the same manner. */
  async drop({ promptId, by, via }: Moves, { label, from }: Omit<Move, 'to'>): Promise<void> {
    await this.database.query(drop, [promptId, [label], [from], [null], by, via]);
  }

  async highestInteger(promptId: string, { but }: { but?: number } = {}): Promise<IntegerPointer | undefined> {
    return (await this.database.query<IntegerPointer>(highestInteger, [promptId, but ?? null]))[0];
  }

  /** All that people name, by name, those that are only protected and the computed one included. */
  async list(promptId: string): Promise<LabelItem[]> {
    return (await this.database.query<LabelRow>(list, [promptId, latest])).map(toItem);
  }

  async item(promptId: string, label: string): Promise<LabelItem | undefined> {
    return (await this.database.query<LabelRow>(one, [promptId, latest, label])).map(toItem)[0];
  }

  /** Newest first, behind the cursor. */
  async history(promptId: string, label: string, limit: number, below: string | null): Promise<MoveRow[]> {
    const rows = await this.database.query<MoveRow>(history, [promptId, label, below, limit]);
    return rows.map((row) => ({ ...row, moved_at: toRfc3339(row.moved_at) }));
  }
}

function toItem({ digest, moved_at, ...row }: LabelRow): LabelItem {
  return { ...row, digest: digest && `sha256:${digest}`, moved_at: moved_at && toRfc3339(moved_at) };
}
