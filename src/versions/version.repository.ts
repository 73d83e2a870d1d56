import { EntityRepository } from '@mikro-orm/postgresql';
import { Version } from './version.entity.js';
import { versionDigest } from './versions.queries.js';

/** Writes versions; `version-reader.ts` reads them. */
export class VersionRepository extends EntityRepository<Version> {
  /** The digest of the version with this number, if it exists. */
  async digestOf(promptId: string, version: string): Promise<string | undefined> {
    return (await this.em.execute<{ sha256: string }[]>(versionDigest, [promptId, version]))[0]?.sha256;
  }
}

Version.setCustomRepository(() => VersionRepository);
