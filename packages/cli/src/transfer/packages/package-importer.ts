import { createHash } from 'node:crypto';
import { readManifest } from '@promptyard/package-format/manifest/read-manifest.js';
import { ApiError } from '../../api/api-error.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { uploadVersion } from '../../api/upload-version.js';
import { listVersions } from '../../api/list-versions.js';
import { CliError } from '../../cli-error.js';
import type { PackageCandidate } from '../../package/package-candidate.js';
import { loadPackage } from '../../package/load-package.js';
import { formatProblem } from '../../package/problem.js';
import type { ImportReport, Outcome } from '../import-report.js';
import { withRetry } from '../with-retry.js';
import { ResourceId } from '../transfer-schemas.js';
import type { FoundPackage, PromptPackages } from './find-packages.js';

export interface PackageTarget {
  readonly api: ApiClient;
  readonly owner: string;
  readonly visibility: 'public' | 'private';
}

/** A prompt that takes packages. */
interface TargetPrompt {
  readonly id: string;
  /** Digests of the existing versions. */
  readonly published: Map<string, string>;
}

/** Publishes packages as the versions in their manifests. The server validates each. */
export class PackageImporter {
  private readonly targetPrompts = new Map<string, Promise<TargetPrompt>>();

  constructor(
    private readonly target: PackageTarget,
    private readonly report: ImportReport,
  ) {}

  /** Publishes all packages of a prompt, one after the other, because their order becomes its history. */
  async import({ name, packages }: PromptPackages, onPackage: () => void): Promise<void> {
    for (const found of packages) {
      await this.report.track(found.path.display, () => this.publish(name, found));
      onPackage();
    }
  }

  private async publish(name: string, { path: at, version }: FoundPackage): Promise<Outcome> {
    const candidate = await loadPackage(at);
    const { archive } = candidate;
    if (!archive) throw new CliError(candidate.problems.map(formatProblem).join('; '), { code: 'INVALID_PACKAGE' });
    const target = await this.targetPromptFor(name, version, candidate);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const published = target.published.get(version);
    if (published === sha256) return 'unchanged';
    if (published !== undefined) throw versionExistsError(version);
    await withRetry(() => this.upload(target, { identity: { name, version }, archive, sha256 }));
    target.published.set(version, sha256);
    return 'made';
  }

  /** A conflict with the same digest is an earlier upload whose answer was lost. */
  private async upload(
    { id }: TargetPrompt,
    valid: Parameters<typeof uploadVersion>[2] & { sha256: string },
  ): Promise<void> {
    try {
      await uploadVersion(this.target.api, id, valid);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      if (error.detail('sha256') !== valid.sha256) throw error;
    }
  }

  /** Requested once for each prompt; again only after a failure. */
  private async targetPromptFor(name: string, version: string, candidate: PackageCandidate): Promise<TargetPrompt> {
    const known = this.targetPrompts.get(name) ?? withRetry(() => this.createOrFind(name, version, candidate));
    this.targetPrompts.set(name, known);
    try {
      return await known;
    } catch (error) {
      this.targetPrompts.delete(name);
      throw error;
    }
  }

  /**
   * Creates the prompt first, and looks for an existing one only after a conflict, because most imported prompts are
   * new.
   */
  private async createOrFind(
    name: string,
    version: string,
    { manifest = '' }: PackageCandidate,
  ): Promise<TargetPrompt> {
    const { api, owner, visibility } = this.target;
    const { fields } = await readManifest(manifest, { name, version });
    const body = { name, owner, visibility, description: fields.description ?? '', tags: fields.tags };
    try {
      const { id } = await api.send(ResourceId, 'POST', path`/v1/prompts`, { body });
      return { id, published: new Map() };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      const { id } = await api.get(ResourceId, path`/v1/prompts/${owner}/${name}`);
      const versions = await listVersions(api, { owner, name });
      return { id, published: new Map(versions.map((item) => [item.version, item.sha256])) };
    }
  }
}

function versionExistsError(version: string): CliError {
  return new CliError(`version ${version} is already published with other bytes`, { code: 'CONFLICT' });
}
