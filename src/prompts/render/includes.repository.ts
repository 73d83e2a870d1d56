import { Injectable } from '@nestjs/common';
import { may } from '../../auth/access/access-policy.js';
import type { Caller } from '../../auth/access/principal.js';
import { Database } from '../../database/database.js';
import { guardedColumns, guardedTables } from '../guarded-prompt.js';
import { latest, production } from '../labels/label-name.js';
import {
  type FoundRow,
  resolvedColumns,
  resolvedJoins,
  type ResolvedRevision,
  toResolved,
} from '../resolve/resolve.repository.js';
import { parseSelector } from '../resolve/selector.js';
import type { IncludeReference } from '../template/tokenize.js';

/** An include, resolved. */
export interface IncludedRevision {
  /** Index of the reference. */
  readonly index: number;
  readonly label: string | null;
  readonly revision: ResolvedRevision;
}

// One statement resolves all includes of one depth; what the caller may not read is told apart afterwards.
const includes = {
  name: 'includes',
  text: `with i as (
           select * from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality
             as i (owner, name, label, version, place)
         ), g as (
           select i.label, i.version, i.place, ${guardedColumns}, o.slug as owner, p.name ${guardedTables}
           join i on i.owner = o.slug and i.name = p.name where p.deleted_at is null
         )
         select g.*, ${resolvedColumns}, g.place::int as place, null as found_version from g
         left join label l on l.prompt_id = g.prompt_id and l.name = g.label
         left join release e on e.prompt_id = g.prompt_id and e.version = g.version
         join revision r on r.prompt_id = g.prompt_id and r.number = case g.label
           when '${latest}' then (select max(number) from revision where prompt_id = g.prompt_id)
           else coalesce(l.revision, e.revision) end
         ${resolvedJoins}`,
};

@Injectable()
export class IncludesRepository {
  constructor(private readonly database: Database) {}

  /** Those of the references that lead to something that the caller may read. */
  async find(references: readonly IncludeReference[], caller: Caller): Promise<IncludedRevision[]> {
    const selected = references.map(selectorOf);
    const rows = await this.database.query<FoundRow & { place: number; label: string | null }>(includes, [
      caller?.userId ?? null,
      references.map(({ owner }) => owner),
      references.map(({ name }) => name),
      selected.map(({ label }) => label),
      selected.map(({ version }) => version),
    ]);
    return rows.flatMap((row) => {
      const { guarded, revision } = toResolved(row);
      if (!revision || !may(caller, 'read', guarded)) return [];
      return [{ index: row.place - 1, label: row.label, revision }];
    });
  }
}

function selectorOf({ selector: word = production }: IncludeReference): {
  label: string | null;
  version: string | null;
} {
  const selector = parseSelector(word);
  return {
    label: selector?.kind === 'label' ? selector.label : null,
    version: selector?.kind === 'version' ? selector.version : null,
  };
}
