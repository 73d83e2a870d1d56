import { z } from 'zod';
import type { Listing, Source, SourcePrompt } from '../source.js';
import { SourceServerError, type SourceServer } from './source-server.js';
import { commandOf, HistoryEntry, liveRevision, OpenWebUiPrompt, revisionOf } from './open-webui-prompt.js';

const Page = z.looseObject({ items: z.array(OpenWebUiPrompt), total: z.number() });
const base = '/api/v1/prompts';

/** The prompts of an Open WebUI server with their histories, commit messages and live entries. */
export class OpenWebUiServer implements Source {
  readonly kind = 'open-webui';

  constructor(private readonly server: SourceServer) {}

  get from(): string {
    return this.server.url;
  }

  async list(): Promise<Listing> {
    const found =
      (await this.unlessMissing(() => this.pages())) ??
      (await this.server.request(z.array(OpenWebUiPrompt), `${base}/`));
    return { prompts: found.map((prompt) => ({ label: commandOf(prompt), load: () => this.load(prompt) })) };
  }

  /** Only this list contains inactive prompts. */
  private async pages(): Promise<OpenWebUiPrompt[]> {
    const found = new Map<string, OpenWebUiPrompt>();
    for (let page = 1; ; page += 1) {
      const at = `${base}/list?order_by=created_at&direction=asc&page=${page}`;
      const { items, total } = await this.server.request(Page, at);
      for (const item of items) found.set(item.id ?? item.command, item);
      if (items.length === 0 || found.size >= total) return [...found.values()];
    }
  }

  private async load(prompt: OpenWebUiPrompt): Promise<SourcePrompt> {
    const name = commandOf(prompt);
    const id = prompt.id ?? name;
    const entries = (await this.unlessMissing(() => this.history(id))) ?? [];
    const revisions = entries.map((entry) => revisionOf(entry, prompt));
    const [first = liveRevision(prompt), ...more] = revisions;
    return { id, name, keepsName: true, revisions: [first, ...more] };
  }

  /** Oldest first; the server returns pages with the newest first. */
  private async history(id: string): Promise<HistoryEntry[]> {
    const found = new Map<string, HistoryEntry>();
    for (let page = 0; ; page += 1) {
      const at = `${base}/id/${encodeURIComponent(id)}/history?page=${page}`;
      const entries = await this.server.request(z.array(HistoryEntry), at);
      const before = found.size;
      for (const entry of entries) found.set(entry.id, entry);
      if (found.size === before) return [...found.values()].toReversed();
    }
  }

  private async unlessMissing<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof SourceServerError && (error.status === 404 || error.status === 405)) return undefined;
      throw error;
    }
  }
}
