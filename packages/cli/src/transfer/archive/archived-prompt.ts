import { isDeepStrictEqual } from 'node:util';
import type { ExportedPrompt, ExportedRevision } from '@promptyard/import/archive/archive-format.js';
import { isSlug, otherSlug, slugOf } from '@promptyard/import/slug.js';
import type { JsonObject } from '@promptyard/template/json.js';
import type { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import type { ImportReport, Outcome } from '../import-report.js';
import { Made, RevisionListed, VersionRevision } from '../revision-answers.js';
import type { ActingApi } from '../target/acting-api.js';
import { LiveState } from '../target/live-state.js';
import { findPrompt } from '../target/existing-prompt.js';
import { LabelReplay } from './label-replay.js';
import { declaredOf } from './release-of.js';
import { restoreLife } from './restore-life.js';
import { RevisionNumbers } from './revision-numbers.js';
import { VersionReplay } from './version-replay.js';

export interface ArchiveTarget {
  readonly api: Api;
  readonly acting: ActingApi;
  readonly owner: string;
  readonly report: ImportReport;
}

/** One prompt of an archive on its way into a registry: its files come in their order, and finish() is the last. */
export class ArchivedPrompt {
  private readonly revisions = new RevisionNumbers();
  private readonly versions: VersionReplay;
  /** What production says, if it has data or meta. */
  private live: Pick<ExportedRevision, 'data' | 'meta'> | undefined;
  /** The revision that the next package is to make. */
  private awaited: ExportedRevision | undefined;
  private isNew = false;
  private isChanged = false;

  private constructor(
    private readonly target: ArchiveTarget,
    private readonly prompt: ExportedPrompt,
    private name: string,
    private readonly id: string,
    private readonly labels: LabelReplay,
  ) {
    this.versions = new VersionReplay({ ...target, id }, prompt.versions);
  }

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
    await this.revisions.readExisting(api, owner, this.name);
    await this.versions.readExisting(this.name);
    await this.labels.readWhatIsThere(this.name);
  }

  async revision(revision: ExportedRevision): Promise<void> {
    await this.replayLabels(revision.created_at);
    this.keepState(revision);
    const declared = declaredOf(revision);
    this.versions.noteDeclared(revision, declared);
    if (this.isThere(revision)) return this.rename();
    this.revisions.assertNextIsFree();
    this.awaited = this.versions.makes(revision) ? revision : undefined;
    if (this.awaited) return;
    const { api, owner } = this.target;
    const made = await api.send(RevisionListed, 'POST', path`/v1/prompts/${owner}/${this.name}/revisions`, {
      body: bodyOf(revision, declared, this.revisions.newest),
    });
    this.add(revision, made);
    await this.rename();
  }

  private keepState({ number, data, meta }: ExportedRevision): void {
    const isLive = this.prompt.labels.some(({ label, revision }) => label === 'production' && revision === number);
    if (isLive && Object.keys(data).length + Object.keys(meta).length > 0) this.live = { data, meta };
  }

  private isThere(revision: ExportedRevision): boolean {
    const match = this.revisions.match(revision);
    if (match === 'repeated') {
      this.differ(`revision ${revision.number} says the same as the one before it, and is not repeated`);
    }
    return match !== undefined;
  }

  private add(revision: ExportedRevision, made: RevisionListed): void {
    if (made.digest !== revision.digest) this.differ(`revision ${revision.number} has another digest here`);
    this.revisions.add(revision, made.number);
    this.isChanged = true;
  }

  /** Publishes a version, and reads the revision that it made. */
  async package(version: string, archive: Buffer): Promise<void> {
    const { api, owner } = this.target;
    const isNew = await this.versions.publish({ name: this.name, version }, archive, this.revisions.all);
    if (isNew) this.isChanged = true;
    if (!this.awaited) return;
    const at = path`/v1/prompts/${owner}/${this.name}`;
    const { revision } = await api.get(VersionRevision, `${at}${path`/versions/${version}`}`);
    this.add(this.awaited, await api.get(RevisionListed, `${at}${path`/revisions/${revision ?? 0}`}`));
    this.awaited = undefined;
  }

  /** What is not in the history: where labels point, who may do what, what became of the versions. */
  async finish(): Promise<Outcome> {
    await this.replayLabels();
    const at = { name: this.name, id: this.id };
    if (await this.labels.settle(at.name, this.revisions.all, (reason) => this.differ(reason))) this.isChanged = true;
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
    if (await this.labels.replay(this.name, this.revisions.all, before)) this.isChanged = true;
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
    this.target.report.differ(this.prompt.name, reason);
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
