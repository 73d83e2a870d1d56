import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import type { Principal } from '../../auth/access/principal.js';
import { isStorableText } from '../../common/http/scalars.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import type { GuardedRow } from '../../prompts/guarded-prompt.queries.js';
import { PromptReadCache, type ReadPrompt } from '../../prompts/prompt-read-cache.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { namedByText } from '../../prompts/search/parameters.js';
import type { VisibilityScope } from '../../prompts/search/visibility-scope.queries.js';
import {
  conductorVersionPage,
  guardedConductorVersion,
  highestConductorVersion,
  highestGuardedConductorVersion,
  latestConductorVersions,
} from './conductor-versions.queries.js';

/** What a version of Conductor points to, with what the prompt says of itself. */
export interface ConductorVersion {
  readonly name: string;
  readonly integer: number;
  readonly content: string;
  readonly syntax: TemplateSyntax;
  readonly description: string | null;
  readonly settings: JsonObject;
  /** The tags of the prompt, not of a revision. */
  readonly tags: readonly string[];
  /** Slug of who created the pointer. */
  readonly createdBy: string;
  readonly createdAt: string;
  /** Slug of the user who moved it last. */
  readonly movedBy: string;
  readonly movedAt: string;
}

/** Without the version all of its columns are null. */
type GuardedVersionRow = GuardedRow & (ConductorVersion | { readonly integer: null });

/** Reads prompts as the versions that they have on Conductor. */
@Injectable()
export class ConductorVersionReader {
  constructor(
    private readonly em: EntityManager,
    private readonly reads: PromptReadCache,
  ) {}

  /** The highest version. */
  async find(promptId: string): Promise<ConductorVersion | undefined> {
    return (await this.em.execute<ConductorVersion[]>(highestConductorVersion, [promptId]))[0];
  }

  /**
   * A version as JSON, the highest if none is given, of a prompt that the caller may or may not read. Undefined for a
   * prompt that does not exist; without JSON for one without the version. `toJson` is always the same.
   */
  async read(
    { owner, name }: PromptPath,
    integer: number | undefined,
    caller: Principal,
    toJson: (version: ConductorVersion) => string,
  ): Promise<ReadPrompt | undefined> {
    if (!isStorableText(name)) return undefined;
    const [statement, ...more] =
      integer === undefined ? [highestGuardedConductorVersion] : [guardedConductorVersion, integer];
    const read = {
      statement,
      values: [...slugOrId(owner), name, ...more],
      toJson: (row: GuardedVersionRow) => (row.integer === null ? undefined : Buffer.from(toJson(row))),
    };
    return this.reads.find(read, caller);
  }

  /** A page of a prompt's, highest first, from below the integer. */
  versions(promptId: string, below = 2_147_483_647): Promise<ConductorVersion[]> {
    return this.em.execute<ConductorVersion[]>(conductorVersionPage, [promptId, below]);
  }

  /**
   * A page of the highest of each prompt of the owner in one of the scopes, by name, after the name; of those only whose
   * settings hold `settings`, if given.
   */
  latest(
    ownerId: string,
    scopes: readonly VisibilityScope[],
    after = '',
    settings?: JsonObject,
  ): Promise<ConductorVersion[]> {
    const { text, values } = latestConductorVersions({ ownerId, scopes, after, settings });
    return this.em.execute<ConductorVersion[]>(namedByText(text), values);
  }
}
