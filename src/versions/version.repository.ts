import { EntityRepository } from '@mikro-orm/postgresql';
import { Version } from './version.entity.js';

/** Writes versions; `version-reader.ts` reads them. */
export class VersionRepository extends EntityRepository<Version> {
  /** The digest of the version with this number, if it exists. */
  async digestOf(promptId: string, version: string): Promise<string | undefined> {
    return (await this.findOne({ promptId, version }, { fields: ['sha256'] }))?.sha256;
  }
}

Version.setCustomRepository(() => VersionRepository);
