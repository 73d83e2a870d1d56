import { EntityRepository } from '@mikro-orm/postgresql';
import { Version } from './version.entity.js';

/** Versions as they are written; how they are read stands in `version-reader.ts`. */
export class VersionRepository extends EntityRepository<Version> {
  /** The digest of the version with this number, if it exists. */
  async digestOf(promptId: string, version: string): Promise<string | undefined> {
    return (await this.findOne({ promptId, version }, { fields: ['sha256'] }))?.sha256;
  }
}

Version.setCustomRepository(() => VersionRepository);
