import { Injectable } from '@nestjs/common';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { Database } from '../../database/database.js';
import { parseVersion } from '../../prompts/version-number.js';

/** The mutable status of a version. */
export interface ReleaseStatus {
  readonly yanked: boolean;
  readonly yankReason: string | null;
  readonly deprecated: string | null;
}

/** The revision of a version. */
export interface Release {
  readonly version: string;
  /** Number of the revision. */
  readonly revision: number;
}

const columns = 'version, revision';
const order = 'major desc, minor desc, patch desc';
const insert = {
  name: 'insert-release',
  text: `insert into release (prompt_id, version, major, minor, patch, revision) values ($1, $2, $3, $4, $5, $6)`,
};
const find = {
  name: 'release',
  text: `select ${columns}, yanked, yank_reason as "yankReason", deprecated from release where prompt_id = $1 and version = $2`,
};
const highest = {
  name: 'highest-release',
  text: `select ${columns} from release where prompt_id = $1 and not yanked order by ${order} limit 1`,
};
const before = {
  name: 'release-before',
  text: `select rel.version, rel.revision, r.variables from release rel
         join revision r on r.prompt_id = rel.prompt_id and r.number = rel.revision
         where rel.prompt_id = $1 and not yanked and (major, minor, patch) < ($2, $3, $4) order by ${order} limit 1`,
};
const isReleased = {
  name: 'is-released',
  text: 'select 1 from release where prompt_id = $1 and revision = $2 limit 1',
};
const setStatus = {
  name: 'set-release-life',
  text: `update release set yanked = $3, yank_reason = $4, deprecated = $5, deprecated_at = case
           when $5::text is null then null when deprecated = $5 then deprecated_at else now() end
         where prompt_id = $1 and version = $2`,
};

const refreshLatestVersion = {
  name: 'refresh-latest-version',
  text: `update prompt set updated_at = now(), latest_version = (
           select version from release where prompt_id = $1 and not yanked
           order by major desc, minor desc, patch desc limit 1
         ) where id = $1`,
};

/** Versions as pointers to revisions, and their status. The `versions` module handles their bytes. */
@Injectable()
export class ReleasesRepository {
  constructor(private readonly database: Database) {}

  async insert(promptId: string, { version, revision }: Release): Promise<void> {
    const { major, minor, patch } = parseVersion(version);
    await this.database.query(insert, [promptId, version, major, minor, patch, revision]);
  }

  async find(promptId: string, version: string): Promise<(Release & ReleaseStatus) | undefined> {
    return (await this.database.query<Release & ReleaseStatus>(find, [promptId, version]))[0];
  }

  /** The highest version that is not yanked. */
  async highest(promptId: string): Promise<Release | undefined> {
    return (await this.database.query<Release>(highest, [promptId]))[0];
  }

  /** The highest one below the version that is not yanked, with the variables that it asks for. */
  async before(promptId: string, version: string) {
    type Row = Release & { variables: readonly TemplateVariable[] };
    const { major, minor, patch } = parseVersion(version);
    return (await this.database.query<Row>(before, [promptId, major, minor, patch]))[0];
  }

  /** Whether any version is this revision. */
  async isReleased(promptId: string, revision: number): Promise<boolean> {
    return (await this.database.query(isReleased, [promptId, revision])).length > 0;
  }

  async setStatus(promptId: string, version: string, { yanked, yankReason, deprecated }: ReleaseStatus): Promise<void> {
    await this.database.query(setStatus, [promptId, version, yanked, yankReason, deprecated]);
  }

  /** Recomputes the highest version that is not yanked. */
  async refreshLatestVersion(id: string): Promise<void> {
    await this.database.query(refreshLatestVersion, [id]);
  }
}
