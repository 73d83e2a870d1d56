import { isSlug, alternativeSlug, slugOf } from '@promptyard/import/slug.js';
import { liveRevisionOf, type SourcePrompt } from '@promptyard/import/source.js';
import { ApiError } from '../../api/api-error.js';
import { path } from '../../api/path.js';
import { CliError } from '../../cli-error.js';
import type { Outcome } from '../import-report.js';
import { withRetry } from '../with-retry.js';
import { type PromptDetails, ResourceId } from '../transfer-schemas.js';
import { findPrompt, type ImportHistory, readImportHistory } from './existing-prompt.js';
import { isFromPrompt, type Origin } from './import-mark.js';
import { type TargetPrompt, PromptWriter } from './prompt-writer.js';
import type { ImportTarget } from './import-target.js';

const emptyHistory: ImportHistory = { newest: 0, imported: [] };
const maxAttempts = 3;

/**
 * Imports prompts of other systems into an owner. Revisions of earlier runs are identified by their marks, so that a
 * run completes an interrupted one, and changes nothing if the source has not changed.
 */
export class PromptImporter {
  constructor(
    private readonly target: ImportTarget,
    private readonly origin: Origin,
  ) {}

  async import(prompt: SourcePrompt): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await withRetry(() => this.attempt(prompt));
      } catch (error) {
        // Another prompt of this run with the same name was faster.
        const isRaceLost = error instanceof ApiError && error.status === 412;
        if (!isRaceLost || attempt === maxAttempts) throw error;
      }
    }
  }

  private async attempt(prompt: SourcePrompt): Promise<Outcome> {
    const place = await this.findOrCreate(prompt);
    const isChanged = await new PromptWriter(this.target, this.origin, prompt, place).write();
    if (place.history.newest === 0) return 'made';
    return isChanged ? 'changed' : 'unchanged';
  }

  /**
   * Finds or creates the prompt, under its own name, or under an alternative one if another prompt of the source has
   * that name.
   */
  private async findOrCreate(prompt: SourcePrompt): Promise<TargetPrompt> {
    const { api, owner } = this.target;
    if (prompt.keepsName && !isSlug(prompt.name)) {
      const existing = await findPrompt(api, owner, prompt.name);
      if (existing) return (await this.matchExisting(prompt, existing)) ?? throwNameTaken(`${owner}/${prompt.name}`);
      const draft = alternativeSlug(slugOf(prompt.name), prompt.id);
      return (await this.createOrFind(prompt, draft)) ?? throwNameTaken(`${owner}/${draft}`);
    }
    const slug = slugOf(prompt.name);
    const other = alternativeSlug(slug, prompt.id);
    return (
      (await this.createOrFind(prompt, slug)) ??
      (await this.createOrFind(prompt, other)) ??
      throwNameTaken(`${owner}/${other}`)
    );
  }

  private async createOrFind(prompt: SourcePrompt, name: string): Promise<TargetPrompt | undefined> {
    const { api, owner, visibility } = this.target;
    const { description, tags } = liveRevisionOf(prompt);
    try {
      const body = { name, owner, description, tags, visibility };
      const { id } = await api.send(ResourceId, 'POST', path`/v1/prompts`, { body });
      return { id, name, isNew: true, history: emptyHistory };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      const found = await findPrompt(api, owner, name);
      return found ? this.matchExisting(prompt, found) : throwNameTaken(`${owner}/${name}`);
    }
  }

  /** Undefined if the name belongs to another prompt of the same source. */
  private async matchExisting(prompt: SourcePrompt, { id, name }: PromptDetails): Promise<TargetPrompt | undefined> {
    const { api, owner } = this.target;
    const history = await readImportHistory(api, owner, name);
    const own = history.imported.filter(({ mark }) => isFromPrompt(mark, this.origin, prompt.id));
    if (own.length > 0 || history.newest === 0)
      return { id, name, isNew: false, history: { ...history, imported: own } };
    if (history.imported.some(({ mark }) => mark.source === this.origin.kind)) return undefined;
    return throwNameTaken(`${owner}/${name}`);
  }
}

function throwNameTaken(prompt: string): never {
  throw new CliError(`${prompt} already exists, and is not from this source`, { code: 'CONFLICT' });
}
