import { EntityRepository } from '@mikro-orm/postgresql';
import type { ReleasedVariables } from '../state/prompt-history-reader.js';
import { Release } from './release.entity.js';
import { releaseBefore } from './releases.queries.js';
import { parseVersion } from '../../prompts/version-number.js';

/** What was said of a version since it was published. */
export type ReleaseStatus = Pick<Release, 'yanked'> & {
  readonly yankReason: string | null;
  readonly deprecated: string | null;
};

/** Versions as pointers to revisions. Their bytes belong to the `versions` module. */
export class ReleaseRepository extends EntityRepository<Release> {
  /** Says that a version is a revision, in the running transaction. */
  add(promptId: string, version: string, revision: number): void {
    this.create({ promptId, version, ...parseVersion(version), revision });
  }

  byVersion(promptId: string, version: string): Promise<Release | null> {
    return this.findOne({ promptId, version });
  }

  /** The highest version that is not yanked; what has changed in the running transaction is written before. */
  async highest(promptId: string): Promise<string | null> {
    const order = { major: 'desc', minor: 'desc', patch: 'desc' } as const;
    const found = await this.findOne({ promptId, yanked: false }, { orderBy: order });
    return found?.version ?? null;
  }

  /** The highest one below the version that is not yanked. */
  async before(promptId: string, version: string): Promise<ReleasedVariables | undefined> {
    const { major, minor, patch } = parseVersion(version);
    return (await this.em.execute<ReleasedVariables[]>(releaseBefore, [promptId, major, minor, patch]))[0];
  }

  /** The time of a deprecation is that of its notice. */
  setStatus(release: Release, { yanked, yankReason, deprecated }: ReleaseStatus): void {
    if (deprecated !== release.deprecated) release.deprecatedAt = deprecated === null ? null : new Date();
    this.assign(release, { yanked, yankReason, deprecated });
  }
}

Release.setCustomRepository(() => ReleaseRepository);
