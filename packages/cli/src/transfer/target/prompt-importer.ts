import { isSlug, otherSlug, slugOf } from '@promptyard/import/slug.js';
import { liveRevisionOf, type SourcePrompt } from '@promptyard/import/source.js';
import { ApiFailure } from '../../api/api-failure.js';
import { path } from '../../api/path.js';
import { ToolFailure } from '../../failure.js';
import type { Outcome } from '../import-report.js';
import { patiently } from '../patience.js';
import { type FoundPrompt, Made } from '../revision-answers.js';
import { findPrompt, type History, historyOf } from './existing-prompt.js';
import { isOfPrompt, type Origin } from './mark.js';
import { type Place, PromptWriter } from './prompt-writer.js';
import type { Target } from './target.js';

const nothingYet: History = { newest: 0, marked: [] };
const mostAttempts = 3;

/**
 * Writes prompts of other systems into an owner's. What is there from an earlier run is known by its marks, so that a run
 * that broke off is finished by the next, and one over a source without news changes nothing.
 */
export class PromptImporter {
  constructor(
    private readonly target: Target,
    private readonly origin: Origin,
  ) {}

  async import(prompt: SourcePrompt): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await patiently(() => this.attempt(prompt));
      } catch (error) {
        // Another one of the same name, in this very run, was faster.
        const isRaceLost = error instanceof ApiFailure && error.status === 412;
        if (!isRaceLost || attempt === mostAttempts) throw error;
      }
    }
  }

  private async attempt(prompt: SourcePrompt): Promise<Outcome> {
    const place = await this.place(prompt);
    const isChanged = await new PromptWriter(this.target, this.origin, prompt, place).write();
    if (place.history.newest === 0) return 'made';
    return isChanged ? 'changed' : 'unchanged';
  }

  /** Where the prompt is, or is to be: under its own name, or under another where that is taken by a namesake. */
  private async place(prompt: SourcePrompt): Promise<Place> {
    const { api, owner } = this.target;
    if (prompt.keepsName && !isSlug(prompt.name)) {
      const found = await findPrompt(api, owner, prompt.name);
      if (found) return (await this.existing(prompt, found)) ?? refuseTaken(`${owner}/${prompt.name}`);
      const draft = otherSlug(slugOf(prompt.name), prompt.id);
      return (await this.makeOrFind(prompt, draft)) ?? refuseTaken(`${owner}/${draft}`);
    }
    const slug = slugOf(prompt.name);
    const other = otherSlug(slug, prompt.id);
    return (
      (await this.makeOrFind(prompt, slug)) ??
      (await this.makeOrFind(prompt, other)) ??
      refuseTaken(`${owner}/${other}`)
    );
  }

  private async makeOrFind(prompt: SourcePrompt, name: string): Promise<Place | undefined> {
    const { api, owner, visibility } = this.target;
    const { description, tags } = liveRevisionOf(prompt);
    try {
      const body = { name, owner, description, tags, visibility };
      const { id } = await api.send(Made, 'POST', path`/v1/prompts`, { body });
      return { id, name, isNew: true, history: nothingYet };
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status !== 409) throw error;
      const found = await findPrompt(api, owner, name);
      return found ? this.existing(prompt, found) : refuseTaken(`${owner}/${name}`);
    }
  }

  /** Nothing where the name belongs to a namesake from the same source. */
  private async existing(prompt: SourcePrompt, { id, name }: FoundPrompt): Promise<Place | undefined> {
    const { api, owner } = this.target;
    const history = await historyOf(api, owner, name);
    const own = history.marked.filter(({ mark }) => isOfPrompt(mark, this.origin, prompt.id));
    if (own.length > 0 || history.newest === 0) return { id, name, isNew: false, history: { ...history, marked: own } };
    if (history.marked.some(({ mark }) => mark.source === this.origin.kind)) return undefined;
    return refuseTaken(`${owner}/${name}`);
  }
}

function refuseTaken(prompt: string): never {
  throw new ToolFailure(`${prompt} is there already, and is not from this source`, { code: 'CONFLICT' });
}
