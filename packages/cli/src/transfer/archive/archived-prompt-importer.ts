import { isDeepStrictEqual } from 'node:util';
import type { ExportedPrompt, ExportedRevision } from '@promptyard/import/archive/archive-format.js';
import { isSlug, alternativeSlug, slugOf } from '@promptyard/import/slug.js';
import type { JsonObject } from '@promptyard/template/json.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import type { ImportReport, Outcome } from '../import-report.js';
import { ResourceId, RevisionSummary, VersionRevision } from '../transfer-schemas.js';
import type { ProtocolClient } from '../target/protocol-client.js';
import { LiveState } from '../target/live-state.js';
import { findPrompt } from '../target/existing-prompt.js';
import { LabelReplay } from './label-replay.js';
import { declaredVariablesOf } from './is-release-of.js';
import { restorePromptState } from './restore-prompt-state.js';
import { RevisionNumbers } from './revision-numbers.js';
import { VersionReplay } from './version-replay.js';

export interface ArchiveTarget {
  readonly api: ApiClient;
  readonly protocols: ProtocolClient;
  readonly owner: string;
  readonly report: ImportReport;
}

/** Imports one prompt of an archive into a registry. Its files arrive in their order, and finish() is called last. */
export class ArchivedPromptImporter {
  private readonly revisions = new RevisionNumbers();
  private readonly versions: VersionReplay;
  /** The production revision, if it has data or meta. */
  private liveState: Pick<ExportedRevision, 'data' | 'meta'> | undefined;
  /** The revision that the next package will create. */
  private pendingRevision: ExportedRevision | undefined;
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

  /** Creates the prompt, or reads the result of an earlier run. */
  static async open(target: ArchiveTarget, prompt: ExportedPrompt): Promise<ArchivedPromptImporter> {
    const { api, owner } = target;
    const name = isSlug(prompt.name) ? prompt.name : alternativeSlug(slugOf(prompt.name), prompt.name);
    const existing = await findPrompt(api, owner, prompt.name);
    const found = existing ?? (name === prompt.name ? undefined : await findPrompt(api, owner, name));
    if (!found) {
      const { description, tags, visibility } = prompt;
      const created = await api.send(ResourceId, 'POST', path`/v1/prompts`, {
        body: { name, owner, description, tags, visibility },
      });
      const importer = new ArchivedPromptImporter(
        target,
        prompt,
        name,
        created.id,
        new LabelReplay(api, owner, prompt.labels),
      );
      importer.isNew = true;
      return importer;
    }
    const labels = new LabelReplay(api, owner, prompt.labels);
    const importer = new ArchivedPromptImporter(target, prompt, found.name, found.id, labels);
    await importer.readExisting();
    return importer;
  }

  private async readExisting(): Promise<void> {
    const { api, owner } = this.target;
    await this.revisions.readExisting(api, owner, this.name);
    await this.versions.readExisting(this.name);
    await this.labels.readExisting(this.name);
  }

  async importRevision(revision: ExportedRevision): Promise<void> {
    await this.replayLabels(revision.created_at);
    this.recordLiveState(revision);
    const declared = declaredVariablesOf(revision);
    this.versions.noteDeclared(revision, declared);
    if (this.isImported(revision)) return this.rename();
    this.revisions.assertNextIsFree();
    this.pendingRevision = this.versions.makes(revision) ? revision : undefined;
    if (this.pendingRevision) return;
    const { api, owner } = this.target;
    const created = await api.send(RevisionSummary, 'POST', path`/v1/prompts/${owner}/${this.name}/revisions`, {
      body: bodyOf(revision, declared, this.revisions.newest),
    });
    this.recordRevision(revision, created);
    await this.rename();
  }

  private recordLiveState({ number, data, meta }: ExportedRevision): void {
    const isLive = this.prompt.labels.some(({ label, revision }) => label === 'production' && revision === number);
    if (isLive && Object.keys(data).length + Object.keys(meta).length > 0) this.liveState = { data, meta };
  }

  private isImported(revision: ExportedRevision): boolean {
    const match = this.revisions.match(revision);
    if (match === 'repeated') {
      this.addDifference(`revision ${revision.number} has the same content as the previous one, and is not repeated`);
    }
    return match !== undefined;
  }

  private recordRevision(revision: ExportedRevision, created: RevisionSummary): void {
    if (created.digest !== revision.digest) this.addDifference(`revision ${revision.number} has another digest here`);
    this.revisions.add(revision, created.number);
    this.isChanged = true;
  }

  /** Publishes a version, and reads the revision that it created. */
  async importPackage(version: string, archive: Buffer): Promise<void> {
    const { api, owner } = this.target;
    const isNew = await this.versions.publish({ name: this.name, version }, archive, this.revisions.all);
    if (isNew) this.isChanged = true;
    if (!this.pendingRevision) return;
    const at = path`/v1/prompts/${owner}/${this.name}`;
    const { revision } = await api.get(VersionRevision, `${at}${path`/versions/${version}`}`);
    this.recordRevision(
      this.pendingRevision,
      await api.get(RevisionSummary, `${at}${path`/revisions/${revision ?? 0}`}`),
    );
    this.pendingRevision = undefined;
  }

  /** Restores what is not in the history: targets of labels, grants, and the status of versions. */
  async finish(): Promise<Outcome> {
    await this.replayLabels();
    const at = { name: this.name, id: this.id };
    if (await this.labels.applyFinalState(at.name, this.revisions.all, (reason) => this.addDifference(reason)))
      this.isChanged = true;
    if (await this.restoreLiveState()) this.isChanged = true;
    if (await restorePromptState(this.target, at, this.prompt, (reason) => this.addDifference(reason)))
      this.isChanged = true;
    if (this.isNew) return 'made';
    return this.isChanged ? 'changed' : 'unchanged';
  }

  /** Sets the prompt's own data and meta to those of production. */
  private async restoreLiveState(): Promise<boolean> {
    if (!this.liveState || !(this.isNew || this.isChanged)) return false;
    const state = new LiveState(this.target.protocols, this.id);
    const { data, meta } = await state.read();
    if (isDeepStrictEqual([data, meta], [this.liveState.data, this.liveState.meta])) return false;
    const at = path`/v1/prompts/${this.target.owner}/${this.name}/resolve`;
    await state.applyRevision((await this.target.api.get(ResourceId, at)).id);
    return true;
  }

  private async replayLabels(before?: string): Promise<void> {
    if (await this.labels.replay(this.name, this.revisions.all, before)) this.isChanged = true;
  }

  /** Only Open WebUI's protocol can set a name that is no slug, and only for a prompt with a revision. */
  private async rename(): Promise<void> {
    const { name, title } = this.prompt;
    if (this.name === name) return;
    const body = { command: name, name: title ?? name };
    await this.target.protocols.openWebUi(ResourceId, 'POST', path`/api/v1/prompts/id/${this.id}/update/meta`, {
      body,
    });
    this.name = name;
  }

  private addDifference(reason: string): void {
    this.target.report.addDifference(this.prompt.name, reason);
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
