import { createHash } from 'node:crypto';
import { readManifest } from '@promptyard/package-format/manifest/read-manifest.js';
import { ApiFailure } from '../../api/api-failure.js';
import type { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import { uploadVersion } from '../../api/upload-version.js';
import { listVersions } from '../../api/version-pages.js';
import { ToolFailure } from '../../failure.js';
import type { Candidate } from '../../package/candidate.js';
import { loadPackage } from '../../package/load-package.js';
import { showProblem } from '../../package/problem.js';
import type { ImportReport, Outcome } from '../import-report.js';
import { patiently } from '../patience.js';
import { Made } from '../revision-answers.js';
import type { FoundPackage, PackageLine } from './find-packages.js';

export interface PackageTarget {
  readonly api: Api;
  readonly owner: string;
  readonly visibility: 'public' | 'private';
}

/** A prompt that takes packages. */
interface Shelf {
  readonly id: string;
  /** Digests of the versions that are there, by their numbers. */
  readonly published: Map<string, string>;
}

/** Publishes packages as the versions that their manifests name. The server has the last word on each. */
export class PackageImporter {
  private readonly shelves = new Map<string, Promise<Shelf>>();

  constructor(
    private readonly target: PackageTarget,
    private readonly report: ImportReport,
  ) {}

  /** All packages of a prompt, one after the other: their order makes its history. */
  async import({ name, packages }: PackageLine, onPackage: () => void): Promise<void> {
    for (const found of packages) {
      await this.report.watch(found.path.shown, () => this.publish(name, found));
      onPackage();
    }
  }

  private async publish(name: string, { path: at, version }: FoundPackage): Promise<Outcome> {
    const candidate = await loadPackage(at);
    const { archive } = candidate;
    if (!archive) throw new ToolFailure(candidate.problems.map(showProblem).join('; '), { code: 'INVALID_PACKAGE' });
    const shelf = await this.shelf(name, version, candidate);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const published = shelf.published.get(version);
    if (published === sha256) return 'unchanged';
    if (published !== undefined) throw otherBytes(version);
    await patiently(() => this.upload(shelf, { identity: { name, version }, archive, sha256 }));
    shelf.published.set(version, sha256);
    return 'made';
  }

  /** A conflict that names our own digest is an upload of ours whose answer was lost. */
  private async upload({ id }: Shelf, valid: Parameters<typeof uploadVersion>[2] & { sha256: string }): Promise<void> {
    try {
      await uploadVersion(this.target.api, id, valid);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status !== 409) throw error;
      if (error.detail('sha256') !== valid.sha256) throw error;
    }
  }

  /** Asked for once for each prompt; again only where that has failed. */
  private async shelf(name: string, version: string, candidate: Candidate): Promise<Shelf> {
    const known = this.shelves.get(name) ?? patiently(() => this.makeOrFind(name, version, candidate));
    this.shelves.set(name, known);
    try {
      return await known;
    } catch (error) {
      this.shelves.delete(name);
      throw error;
    }
  }

  /** Made at once, and only looked for where it is there: most imports are of new prompts. */
  private async makeOrFind(name: string, version: string, { manifest = '' }: Candidate): Promise<Shelf> {
    const { api, owner, visibility } = this.target;
    const { fields } = await readManifest(manifest, { name, version });
    const body = { name, owner, visibility, description: fields.description ?? '', tags: fields.tags };
    try {
      const { id } = await api.send(Made, 'POST', path`/v1/prompts`, { body });
      return { id, published: new Map() };
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status !== 409) throw error;
      const { id } = await api.get(Made, path`/v1/prompts/${owner}/${name}`);
      const versions = await listVersions(api, { owner, name });
      return { id, published: new Map(versions.map((item) => [item.version, item.sha256])) };
    }
  }
}

function otherBytes(version: string): ToolFailure {
  return new ToolFailure(`version ${version} is published already, with other bytes`, { code: 'CONFLICT' });
}
