import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../common/json.js';
import type { Identity } from '../../../versions/package/manifest/read-manifest.js';
import type { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import { uploadVersion } from '../../api/upload-version.js';
import { listVersions } from '../../api/version-pages.js';
import { ToolFailure } from '../../failure.js';
import type { ImportReport, Outcome } from '../import-report.js';
import { Made, RevisionListed, VersionRevision } from '../revision-answers.js';
import { isSlug, otherSlug, slugOf } from '../slug.js';
import type { ActingApi } from '../target/acting-api.js';
import { LiveState } from '../target/live-state.js';
import { findPrompt, revisionsOf } from '../target/existing-prompt.js';
import type { ExportedPrompt, ExportedRevision, ExportedVersion } from './archive-format.js';
import { LabelReplay } from './label-replay.js';
import { declaredOf, isReleaseOf } from './release-of.js';
import { restoreLife } from './restore-life.js';

export interface ArchiveTarget {
  readonly api: Api;
  readonly acting: ActingApi;
  readonly owner: string;
  readonly report: ImportReport;
}

/** A revision that is here. */
interface Found {
  readonly digest: string;
  /** Of text and message: what is left to know one by that could not be made quite the same. */
  readonly text: string;
}

/** One prompt of an archive on its way into a registry: its files come in their order, and finish() is the last. */
export class ArchivedPrompt {
  private readonly there = new Map<number, Found>();
  private readonly published = new Map<string, string>();
  /** Where the archive's revisions are here. */
  private readonly numbers = new Map<number, number>();
  /** Variables to declare, of revisions that have versions. */
  private readonly declared = new Map<number, JsonObject[]>();
  /** What production says, if it has data or meta. */
  private live: Pick<ExportedRevision, 'data' | 'meta'> | undefined;
  /** Number of the last one that came, or was found. */
  private last = 0;
  /** Whose package, which comes next, is to make it. */
  private awaited: ExportedRevision | undefined;
  private isNew = false;
  private isChanged = false;

  private constructor(
    private readonly target: ArchiveTarget,
    private readonly prompt: ExportedPrompt,
    private name: string,
    private readonly id: string,
    private readonly labels: LabelReplay,
  ) {}

  /** Makes the prompt, or reads what an earlier run has made of it. */
  static async begin(target: ArchiveTarget, prompt: ExportedPrompt): Promise<ArchivedPrompt> {
    const { api, owner } = target;
    const name = isSlug(prompt.name) ? prompt.name : otherSlug(slugOf(prompt.name), prompt.name);
    const ours = await findPrompt(api, owner, prompt.name);
    const found = ours ?? (name === prompt.name ? undefined : await findPrompt(api, owner, name));
    if (!found) {
      const { description, tags, visibility } = prompt;
      const made = await api.send(Made, 'POST', path`/v1/prompts`, {
        body: { name, owner, description, tags, visibility },
      });
      const archived = new ArchivedPrompt(target, prompt, name, made.id, new LabelReplay(api, owner, prompt.labels));
      archived.isNew = true;
      return archived;
    }
    const labels = new LabelReplay(api, owner, prompt.labels);
    const archived = new ArchivedPrompt(target, prompt, found.name, found.id, labels);
    await archived.readWhatIsThere();
    return archived;
  }

  private async readWhatIsThere(): Promise<void> {
    const { api, owner } = this.target;
    for await (const revision of revisionsOf(api, owner, this.name))
      this.there.set(revision.number, { digest: revision.digest, text: textDigest(revision) });
    for (const { version, sha256 } of await listVersions(api, { owner, name: this.name }))
      this.published.set(version, sha256);
    await this.labels.readWhatIsThere(this.name);
  }

  async revision(revision: ExportedRevision): Promise<void> {
    const { number } = revision;
    await this.replayLabels(revision.created_at);
    this.keepState(revision);
    const declared = declaredOf(revision);
    if (this.prompt.versions.some((version) => version.revision === number)) this.declared.set(number, declared);
    if (this.isThere(revision)) return this.rename();
    if (this.there.has(this.last + 1))
      throw new ToolFailure(`revision ${this.last + 1} is there already, and says something else`, {
        code: 'CONFLICT',
      });
    const isOfPackage = ({ revision: of, version }: ExportedVersion) =>
      of === number && revision.commit_message === `Release ${version}`;
    this.awaited = this.prompt.versions.some(isOfPackage) ? revision : undefined;
    if (this.awaited) return;
    const { api, owner } = this.target;
    const made = await api.send(RevisionListed, 'POST', path`/v1/prompts/${owner}/${this.name}/revisions`, {
      body: bodyOf(revision, declared, this.last),
    });
    this.keep(revision, made);
    await this.rename();
  }

  private keepState({ number, data, meta }: ExportedRevision): void {
    const isLive = this.prompt.labels.some(({ label, revision }) => label === 'production' && revision === number);
    if (isLive && Object.keys(data).length + Object.keys(meta).length > 0) this.live = { data, meta };
  }

  /** The same text twice in a row is one revision, when it comes through /v1. */
  private isThere(revision: ExportedRevision): boolean {
    const { number, digest } = revision;
    const next = this.there.get(this.last + 1);
    const isNext = next !== undefined && (next.digest === digest || next.text === textDigest(revision));
    if (!isNext && this.there.get(this.last)?.digest !== digest) return false;
    const here = isNext ? this.last + 1 : this.last;
    if (!isNext)
      this.target.report.differ(
        this.label,
        `revision ${number} says the same as the one before it, and is not repeated`,
      );
    this.numbers.set(number, here);
    this.last = here;
    return true;
  }

  private keep({ number, digest }: ExportedRevision, made: RevisionListed): void {
    if (made.digest !== digest) this.target.report.differ(this.label, `revision ${number} has another digest here`);
    this.numbers.set(number, made.number);
    this.there.set(made.number, { digest, text: '' });
    this.last = made.number;
    this.isChanged = true;
  }

  /** The bytes themselves, so that the digest is the archive's. */
  async package(version: string, archive: Buffer): Promise<void> {
    const { api, owner } = this.target;
    const exported = this.prompt.versions.find((it) => it.version === version);
    const published = this.published.get(version);
    if (published !== undefined && published !== exported?.sha256)
      throw new ToolFailure(`version ${version} is there already, with other bytes`, { code: 'CONFLICT' });
    if (published === undefined) {
      await this.publish({ name: this.name, version }, archive, exported?.revision ?? 0);
      this.isChanged = true;
    }
    if (!this.awaited) return;
    const at = path`/v1/prompts/${owner}/${this.name}`;
    const { revision } = await api.get(VersionRevision, `${at}${path`/versions/${version}`}`);
    this.keep(this.awaited, await api.get(RevisionListed, `${at}${path`/revisions/${revision ?? 0}`}`));
    this.awaited = undefined;
  }

  /** What the server made of a revision it makes again; all else is uploaded, and becomes a revision or is the newest. */
  private async publish(identity: Identity, archive: Buffer, revision: number): Promise<void> {
    const { api, owner } = this.target;
    const [number, declared] = [this.numbers.get(revision), this.declared.get(revision)];
    const isRelease = number !== undefined && declared && (await isReleaseOf(declared, identity, archive));
    if (!isRelease) {
      await uploadVersion(api, this.id, { identity, archive });
      return;
    }
    const at = path`/v1/prompts/${owner}/${identity.name}/revisions/${number}/release`;
    const body = { version: identity.version };
    await api.send(Made, 'POST', at, { body, query: { allow_breaking: true } });
  }

  /** What is not in the history: where labels point, who may do what, what became of the versions. */
  async finish(): Promise<Outcome> {
    await this.replayLabels();
    const at = { name: this.name, id: this.id };
    if (await this.labels.settle(at.name, this.numbers, (reason) => this.differ(reason))) this.isChanged = true;
    if (await this.restoreLiveState()) this.isChanged = true;
    if (await restoreLife(this.target, at, this.prompt, (reason) => this.differ(reason))) this.isChanged = true;
    if (this.isNew) return 'made';
    return this.isChanged ? 'changed' : 'unchanged';
  }

  /** The prompt's own data and meta are what production says, as far as revisions tell. */
  private async restoreLiveState(): Promise<boolean> {
    if (!this.live || !(this.isNew || this.isChanged)) return false;
    const state = new LiveState(this.target.acting, this.id);
    const { data, meta } = await state.read();
    if (isDeepStrictEqual([data, meta], [this.live.data, this.live.meta])) return false;
    const at = path`/v1/prompts/${this.target.owner}/${this.name}/resolve`;
    await state.become((await this.target.api.get(Made, at)).id);
    return true;
  }

  private async replayLabels(before?: string): Promise<void> {
    if (await this.labels.replay(this.name, this.numbers, before)) this.isChanged = true;
  }

  /** A name that is no slug can only be given by Open WebUI's protocol, and only to a prompt with a revision. */
  private async rename(): Promise<void> {
    const { name, title } = this.prompt;
    if (this.name === name) return;
    const body = { command: name, name: title ?? name };
    await this.target.acting.openWebUi(Made, 'POST', path`/api/v1/prompts/id/${this.id}/update/meta`, { body });
    this.name = name;
  }

  private differ(reason: string): void {
    this.target.report.differ(this.label, reason);
  }

  private get label(): string {
    return this.prompt.name;
  }
}

function bodyOf(revision: ExportedRevision, variables: readonly JsonObject[], expected: number) {
  const { content, syntax, title, description, tags, settings, data, meta, readme, commit_message } = revision;
  return {
    ...{ content, syntax, title, description, tags, variables, settings, data, meta, commit_message },
    readme: readme ?? '',
    expected_revision: expected,
  };
}

function textDigest({ content, commit_message }: Pick<ExportedRevision, 'content' | 'commit_message'>): string {
  return createHash('sha256')
    .update(JSON.stringify([content, commit_message]))
    .digest('hex');
}
