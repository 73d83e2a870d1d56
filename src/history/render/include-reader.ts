import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { IncludeReference, TemplateSyntax } from '@promptyard/template/tokenize.js';
import { isAllowed } from '../../auth/access/access-policy.js';
import type { Caller } from '../../auth/access/principal.js';
import { type GuardedRow, toGuarded } from '../../prompts/guarded-prompt.queries.js';
import { production } from '../pointers/label-name.js';
import { includedRevisions, includedTexts } from './includes.queries.js';
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

/** Reads what templates include: all of one depth with one statement, and their texts with another. */
@Injectable()
export class IncludeReader {
  constructor(private readonly em: EntityManager) {}

  /** The references that lead to a revision that the caller may read, in their order. */
  async find(references: readonly IncludeReference[], caller: Caller): Promise<FoundInclude[]> {
    const selected = references.map(selectorOf);
    const rows = await this.em.execute<IncludeRow[]>(includedRevisions, [
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
    return this.em.execute<IncludedText[]>(includedTexts, [ids]);
  }
}

function selectorOf({ selector: word = production }: IncludeReference) {
  const selector = parseSelector(word);
  return {
    label: selector?.kind === 'label' ? selector.label : null,
    version: selector?.kind === 'version' ? selector.version : null,
  };
}
