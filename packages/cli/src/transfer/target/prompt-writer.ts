import { isDeepStrictEqual } from 'node:util';
import { liveRevisionOf, type SourcePrompt, type SourceRevision } from '@promptyard/import/source.js';
import { LabelList } from '../../api/answers.js';
import { path } from '../../api/path.js';
import { Made, RevisionListed } from '../revision-answers.js';
import type { History } from './existing-prompt.js';
import { Integers } from './integers.js';
import { LiveState } from './live-state.js';
import { type Mark, markOf, messageOf, type Origin } from './mark.js';
import type { Target } from './target.js';

/** A prompt here that is, or is to become, the source's. */
export interface Place {
  readonly id: string;
  readonly name: string;
  /** Whether this run has made it. */
  readonly isNew: boolean;
  readonly history: History;
}

interface Written {
  readonly id: string;
  readonly number: number;
  readonly mark: Mark;
}

/** Brings one prompt to what its source says. */
export class PromptWriter {
  private isChanged = false;
  private newest: number;
  private name: string;
  private readonly known: ReadonlyMap<string, Written>;
  /** Conductor's number of the last one that was brought. */
  private integer: number | undefined;

  constructor(
    private readonly target: Target,
    private readonly origin: Origin,
    private readonly prompt: SourcePrompt,
    private readonly place: Place,
  ) {
    this.newest = place.history.newest;
    this.name = place.name;
    // Newest first: of a version that came again with another text, the last one counts.
    this.known = new Map(place.history.marked.toReversed().map((found) => [found.mark.version, found]));
  }

  /** True if anything was written. */
  async write(): Promise<boolean> {
    const labels = new Map<string, number>();
    const written = new Map<SourceRevision, Written>();
    for (const revision of this.prompt.revisions) {
      const { id, number, mark } = await this.bring(revision);
      written.set(revision, { id, number, mark });
      for (const label of revision.labels) labels.set(label, number);
    }
    // Where there are integers, production goes with the highest of them.
    if (!this.place.isNew && this.integer === undefined) await this.bringLabels(labels);
    await this.bringLiveState(written);
    return this.isChanged;
  }

  private async bring(revision: SourceRevision): Promise<Written> {
    const mark = markOf(this.origin, this.prompt, revision);
    const known = this.known.get(revision.version);
    const isCurrent = known !== undefined && (await this.isCurrent(known.mark, mark, revision));
    const written = isCurrent ? known : await this.add(revision, mark);
    await this.rename();
    await this.bringInteger(revision);
    return written;
  }

  /** A number of Conductor's that was saved over there is saved over here: it stays below those that came after it. */
  private async isCurrent(known: Mark, mark: Mark, revision: SourceRevision): Promise<boolean> {
    if (known.digest === mark.digest) return true;
    if (revision.integer === undefined) return false;
    if (await this.integers.overwrite(revision.integer, revision)) this.isChanged = true;
    return true;
  }

  private async add(revision: SourceRevision, mark: Mark): Promise<Written> {
    const { content, syntax, title, description, tags, settings, data, meta, labels } = revision;
    const at = path`/v1/prompts/${this.target.owner}/${this.name}/revisions`;
    const { id, number } = await this.target.api.send(RevisionListed, 'POST', at, {
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

  /** Gives the prompt the name that its clients know, which only Open WebUI's protocol may where it is no slug. */
  private async rename(): Promise<void> {
    const { name, keepsName } = this.prompt;
    if (!keepsName || this.name === name) return;
    const body = { command: name, name: liveRevisionOf(this.prompt).title ?? name };
    await this.target.acting.openWebUi(Made, 'POST', path`/api/v1/prompts/id/${this.place.id}/update/meta`, { body });
    this.name = name;
    this.isChanged = true;
  }

  private async bringInteger(revision: SourceRevision): Promise<void> {
    const { integer } = revision;
    if (integer === undefined) return;
    const expected = (this.integer ?? 0) + 1;
    this.integer = integer;
    if (integer === expected || this.isBehind(revision)) return;
    const highest = await this.integers.highest();
    if (highest >= integer) return;
    await this.integers.renumber(highest, integer, revision);
    this.isChanged = true;
  }

  /** Whether a later one is here already: then this one's number was given before that came. */
  private isBehind(revision: SourceRevision): boolean {
    const later = this.prompt.revisions.slice(this.prompt.revisions.indexOf(revision) + 1);
    return later.some(({ version }) => this.known.has(version));
  }

  private async bringLabels(wanted: ReadonlyMap<string, number>): Promise<void> {
    const { api, owner } = this.target;
    if (wanted.size === 0) return;
    const { items } = await api.get(LabelList, path`/v1/prompts/${owner}/${this.name}/labels`);
    const current = new Map(items.map(({ label, revision }) => [label, revision]));
    for (const [label, revision] of wanted) {
      if (current.get(label) === revision) continue;
      await api.do('PUT', path`/v1/prompts/${owner}/${this.name}/labels/${label}`, { body: { revision } });
      this.isChanged = true;
    }
  }

  /** What the prompt says of itself follows its live revision, which alone does not set it. */
  private async bringLiveState(written: ReadonlyMap<SourceRevision, Written>): Promise<void> {
    const live = liveRevisionOf(this.prompt);
    const entry = written.get(live);
    const state = new LiveState(this.target.acting, this.place.id);
    if (!entry || (this.place.isNew ? saysNothing(live) : isSame(live, await state.read()))) return;
    this.isChanged = true;
    if (entry.mark.digest === markOf(this.origin, this.prompt, live).digest) return state.become(entry.id);
    // A number of Conductor's that was saved over is a revision without a mark; its tags are the prompt's.
    const body = { tags: live.tags, description: live.description };
    await this.target.api.send(Made, 'PATCH', path`/v1/prompts/${this.place.id}`, { body });
  }

  private get integers(): Integers {
    return new Integers(this.target.acting, this.name);
  }
}

/** Description and tags are set where a prompt is made. */
function saysNothing({ title, data, meta }: SourceRevision): boolean {
  return title === undefined && Object.keys(data).length === 0 && Object.keys(meta).length === 0;
}

/** Apart from the mark of the import. */
function isSame({ title, tags, data, meta }: SourceRevision, live: Awaited<ReturnType<LiveState['read']>>): boolean {
  const { import: _, ...liveMeta } = live.meta;
  const isTitled = title === undefined || live.name === title;
  return isTitled && isDeepStrictEqual([live.tags, live.data, liveMeta], [tags, data, meta]);
}
