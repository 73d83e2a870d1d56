import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import { namedByText } from '../../prompts/search/parameters.js';
import type { VisibilityScope } from '../../prompts/search/visibility-scope.queries.js';
import {
  conductorVersion,
  conductorVersionPage,
  highestConductorVersion,
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

/** Reads prompts as the versions that they have on Conductor. */
@Injectable()
export class ConductorVersionReader {
  constructor(private readonly em: EntityManager) {}

  /** The highest version, if none is given. */
  async find(promptId: string, integer?: number): Promise<ConductorVersion | undefined> {
    const found =
      integer === undefined
        ? await this.em.execute<ConductorVersion[]>(highestConductorVersion, [promptId])
        : await this.em.execute<ConductorVersion[]>(conductorVersion, [promptId, integer]);
    return found[0];
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
