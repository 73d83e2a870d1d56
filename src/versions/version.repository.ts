import { EntityRepository } from '@mikro-orm/postgresql';
import { Version } from './version.entity.js';

/** Versions as they are written; how they are read stands in `version-reader.ts`. */
export class VersionRepository extends EntityRepository<Version> {
  /** Digest of the version that already bears this number, if one does. */
  async digestOf(promptId: string, version: string): Promise<string | undefined> {
    return (await this.findOne({ promptId, version }, { fields: ['sha256'] }))?.sha256;
  }
}

Version.setCustomRepository(() => VersionRepository);
