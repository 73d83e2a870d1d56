import type { ExportedPrompt, ExportedRevision } from '@promptyard/import/archive/archive-format.js';
import type { Identity } from '@promptyard/package-format/manifest/read-manifest.js';
import type { JsonObject } from '@promptyard/template/json.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { uploadVersion } from '../../api/upload-version.js';
import { listVersions } from '../../api/list-versions.js';
import { CliError } from '../../cli-error.js';
import { ResourceId } from '../transfer-schemas.js';
import { isReleaseOf } from './is-release-of.js';

export interface VersionTarget {
  readonly api: ApiClient;
  readonly owner: string;
  /** Id of the prompt in the registry. */
  readonly id: string;
}

/** Publishes the package versions of one prompt of an archive. */
export class VersionReplay {
  /** sha256 of the versions that the registry has. */
  private readonly published = new Map<string, string>();
  /** Variables to declare, by the archive's number of the revision that a version was released from. */
  private readonly declared = new Map<number, readonly JsonObject[]>();

  constructor(
    private readonly target: VersionTarget,
    private readonly versions: ExportedPrompt['versions'],
  ) {}

  /** Reads the versions of an earlier run. */
  async readExisting(name: string): Promise<void> {
    for (const { version, sha256 } of await listVersions(this.target.api, { owner: this.target.owner, name })) {
      this.published.set(version, sha256);
    }
  }

  /** Remembers what a revision declares, if a version was released from it. */
  noteDeclared({ number }: ExportedRevision, declared: readonly JsonObject[]): void {
    if (this.versions.some(({ revision }) => revision === number)) this.declared.set(number, declared);
  }

  /** Whether the revision was made by an uploaded package, and will be made by it again. */
  makes({ number, commit_message }: ExportedRevision): boolean {
    return this.versions.some(
      ({ revision, version }) => revision === number && commit_message === `Release ${version}`,
    );
  }

  /**
   * Publishes a version with the archive's own bytes, so that the digest stays. Answers whether it was new.
   * @throws CliError where the registry has it with other bytes
   */
  async publish(identity: Identity, archive: Buffer, numbers: ReadonlyMap<number, number>): Promise<boolean> {
    const { version } = identity;
    const exported = this.versions.find((each) => each.version === version);
    const published = this.published.get(version);
    if (published !== undefined && published !== exported?.sha256) {
      throw new CliError(`version ${version} already exists with other bytes`, { code: 'CONFLICT' });
    }
    if (published !== undefined) return false;
    await this.releaseOrUpload(identity, archive, exported?.revision ?? 0, numbers);
    return true;
  }

  /** A package that the server can build from a revision is released; any other is uploaded, and creates a revision. */
  private async releaseOrUpload(
    identity: Identity,
    archive: Buffer,
    revision: number,
    numbers: ReadonlyMap<number, number>,
  ): Promise<void> {
    const { api, owner, id } = this.target;
    const [number, declared] = [numbers.get(revision), this.declared.get(revision)];
    const isRelease = number !== undefined && declared && (await isReleaseOf(declared, identity, archive));
    if (!isRelease) {
      await uploadVersion(api, id, { identity, archive });
      return;
    }
    const at = path`/v1/prompts/${owner}/${identity.name}/revisions/${number}/release`;
    const body = { version: identity.version };
    await api.send(ResourceId, 'POST', at, { body, query: { allow_breaking: true } });
  }
}
