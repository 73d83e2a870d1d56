import { isDeepStrictEqual } from 'node:util';
import { liveRevisionOf, type SourcePrompt, type SourceRevision } from '@promptyard/import/source.js';
import { LabelList } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { ResourceId, RevisionSummary } from '../transfer-schemas.js';
import type { ImportHistory } from './existing-prompt.js';
import { ConductorVersions } from './conductor-versions.js';
import { LiveState } from './live-state.js';
import { type ImportMark, createImportMark, messageOf, type Origin } from './import-mark.js';
import type { ImportTarget } from './import-target.js';

/** The prompt on this server. */
export interface TargetPrompt {
  readonly id: string;
  readonly name: string;
  /** Whether this run has created it. */
  readonly isNew: boolean;
  readonly history: ImportHistory;
}

interface WrittenRevision {
  readonly id: string;
  readonly number: number;
  readonly mark: ImportMark;
}

/** Updates one prompt to the state of its source. */
export class PromptWriter {
  private isChanged = false;
  private newest: number;
  private name: string;
  private readonly imported: ReadonlyMap<string, WrittenRevision>;
  /** Conductor's version of the last imported revision. */
  private lastConductorVersion: number | undefined;

  constructor(
    private readonly target: ImportTarget,
    private readonly origin: Origin,
    private readonly prompt: SourcePrompt,
    private readonly place: TargetPrompt,
  ) {
    this.newest = place.history.newest;
    this.name = place.name;
    // Newest first: the last one counts if a version was imported several times.
    this.imported = new Map(place.history.imported.toReversed().map((found) => [found.mark.version, found]));
  }

  /** Returns whether anything was written. */
  async write(): Promise<boolean> {
    const labels = new Map<string, number>();
    const written = new Map<SourceRevision, WrittenRevision>();
    for (const revision of this.prompt.revisions) {
      const { id, number, mark } = await this.writeRevision(revision);
      written.set(revision, { id, number, mark });
      for (const label of revision.labels) labels.set(label, number);
    }
    // With Conductor versions, production follows the highest of them.
    if (!this.place.isNew && this.lastConductorVersion === undefined) await this.moveLabels(labels);
    await this.applyLiveState(written);
    return this.isChanged;
  }

  private async writeRevision(revision: SourceRevision): Promise<WrittenRevision> {
    const mark = createImportMark(this.origin, this.prompt, revision);
    const known = this.imported.get(revision.version);
    const isCurrent = known !== undefined && (await this.isCurrent(known.mark, mark, revision));
    const written = isCurrent ? known : await this.add(revision, mark);
    await this.rename();
    await this.assignConductorVersion(revision);
    return written;
  }

  /**
   * A Conductor version that was overwritten in the source is overwritten here too, so that later versions keep higher
   * numbers.
   */
  private async isCurrent(known: ImportMark, mark: ImportMark, revision: SourceRevision): Promise<boolean> {
    if (known.digest === mark.digest) return true;
    if (revision.conductorVersion === undefined) return false;
    if (await this.conductorVersions.overwrite(revision.conductorVersion, revision)) this.isChanged = true;
    return true;
  }

  private async add(revision: SourceRevision, mark: ImportMark): Promise<WrittenRevision> {
    const { content, syntax, title, description, tags, settings, data, meta, labels } = revision;
    const at = path`/v1/prompts/${this.target.owner}/${this.name}/revisions`;
    const { id, number } = await this.target.api.send(RevisionSummary, 'POST', at, {
      body: {
        ...{ content, syntax, title, description, tags, settings, data, labels },
        variables: [],
        meta: { ...meta, import: mark },
        commit_message: messageOf(this.origin, revision),
        expected_revision: this.newest,
      },
    });
    this.newest = number;
    this.isChanged = true;
    return { id, number, mark };
  }

  /** Gives the prompt the name that its clients use. Only Open WebUI's protocol can set a name that is no slug. */
  private async rename(): Promise<void> {
    const { name, keepsName } = this.prompt;
    if (!keepsName || this.name === name) return;
    const body = { command: name, name: liveRevisionOf(this.prompt).title ?? name };
    await this.target.protocols.openWebUi(ResourceId, 'POST', path`/api/v1/prompts/id/${this.place.id}/update/meta`, {
      body,
    });
    this.name = name;
    this.isChanged = true;
  }

  private async assignConductorVersion(revision: SourceRevision): Promise<void> {
    const { conductorVersion: integer } = revision;
    if (integer === undefined) return;
    const expected = (this.lastConductorVersion ?? 0) + 1;
    this.lastConductorVersion = integer;
    if (integer === expected || this.hasLaterImport(revision)) return;
    const highest = await this.conductorVersions.highest();
    if (highest >= integer) return;
    await this.conductorVersions.renumber(highest, integer, revision);
    this.isChanged = true;
  }

  /** Whether a later revision is imported already; then this one has its version already. */
  private hasLaterImport(revision: SourceRevision): boolean {
    const later = this.prompt.revisions.slice(this.prompt.revisions.indexOf(revision) + 1);
    return later.some(({ version }) => this.imported.has(version));
  }

  private async moveLabels(wanted: ReadonlyMap<string, number>): Promise<void> {
    const { api, owner } = this.target;
    if (wanted.size === 0) return;
    const { items } = await api.get(LabelList, path`/v1/prompts/${owner}/${this.name}/labels`);
    const current = new Map(items.map(({ label, revision }) => [label, revision]));
    for (const [label, revision] of wanted) {
      if (current.get(label) === revision) continue;
      await api.execute('PUT', path`/v1/prompts/${owner}/${this.name}/labels/${label}`, { body: { revision } });
      this.isChanged = true;
    }
  }

  /** Sets the prompt's own fields to those of its live revision. */
  private async applyLiveState(written: ReadonlyMap<SourceRevision, WrittenRevision>): Promise<void> {
    const live = liveRevisionOf(this.prompt);
    const entry = written.get(live);
    const state = new LiveState(this.target.protocols, this.place.id);
    if (!entry || (this.place.isNew ? hasNoLiveState(live) : matchesLiveState(live, await state.read()))) return;
    this.isChanged = true;
    if (entry.mark.digest === createImportMark(this.origin, this.prompt, live).digest)
      return state.applyRevision(entry.id);
    // An overwritten Conductor version is a revision without a mark; its tags belong to the prompt.
    const body = { tags: live.tags, description: live.description };
    await this.target.api.send(ResourceId, 'PATCH', path`/v1/prompts/${this.place.id}`, { body });
  }

  private get conductorVersions(): ConductorVersions {
    return new ConductorVersions(this.target.protocols, this.name);
  }
}

/** Description and tags are set when a prompt is created. */
function hasNoLiveState({ title, data, meta }: SourceRevision): boolean {
  return title === undefined && Object.keys(data).length === 0 && Object.keys(meta).length === 0;
}

/** Without the mark of the import. */
function matchesLiveState(
  { title, tags, data, meta }: SourceRevision,
  live: Awaited<ReturnType<LiveState['read']>>,
): boolean {
  const { import: _, ...liveMeta } = live.meta;
  const isTitled = title === undefined || live.name === title;
  return isTitled && isDeepStrictEqual([live.tags, live.data, liveMeta], [tags, data, meta]);
}
