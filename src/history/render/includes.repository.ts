import { Injectable } from '@nestjs/common';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { IncludeReference, TemplateSyntax } from '@promptyard/template/tokenize.js';
import { isAllowed } from '../../auth/access/access-policy.js';
import type { Caller } from '../../auth/access/principal.js';
import { Database } from '../../database/database.js';
import { guardedColumns, type GuardedRow, guardedTables, toGuarded } from '../../prompts/guarded-prompt.js';
import { latest, production } from '../labels/label-name.js';
import { parseSelector } from '../resolve/selector.js';

/** The target of an include: a revision that the caller may read, and its size. */
export interface FoundInclude {
  /** Index of the reference. */
  readonly index: number;
  readonly owner: string;
  readonly name: string;
  readonly label: string | null;
  /** Id of the revision. */
  readonly id: string;
  readonly number: number;
  /** Lower-case hex. */
  readonly digest: string;
  readonly bytes: number;
}

export interface IncludedText {
  readonly id: string;
  readonly content: string;
  readonly syntax: TemplateSyntax;
  readonly variables: readonly TemplateVariable[];
}

type IncludeRow = GuardedRow & Omit<FoundInclude, 'index'> & { readonly place: number };

// One statement finds all includes of a depth, and another reads their contents after the check of permissions.
const includes = {
  name: 'includes',
  text: `with i as (
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
};
const texts = {
  name: 'included-texts',
  text: 'select id, content, syntax, variables from revision where id = any ($1)',
};

@Injectable()
export class IncludesRepository {
  constructor(private readonly database: Database) {}

  /** The references that lead to a revision that the caller may read, in their order. */
  async find(references: readonly IncludeReference[], caller: Caller): Promise<FoundInclude[]> {
    const selected = references.map(selectorOf);
    const rows = await this.database.query<IncludeRow>(includes, [
      caller?.userId ?? null,
      references.map(({ owner }) => owner),
      references.map(({ name }) => name),
      selected.map(({ label }) => label),
      selected.map(({ version }) => version),
    ]);
    const readable = rows.filter((row) => isAllowed(caller, 'read', toGuarded(row)));
    return readable.map(({ place, owner, name, label, id, number, digest, bytes }) => {
      return { index: place - 1, owner, name, label, id, number, digest, bytes };
    });
  }

  texts(ids: readonly string[]): Promise<IncludedText[]> {
    return this.database.query<IncludedText>(texts, [ids]);
  }
}

function selectorOf({ selector: word = production }: IncludeReference) {
  const selector = parseSelector(word);
  return {
    label: selector?.kind === 'label' ? selector.label : null,
    version: selector?.kind === 'version' ? selector.version : null,
  };
}
