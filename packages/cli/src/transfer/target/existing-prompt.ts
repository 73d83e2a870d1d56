import { ApiFailure } from '../../api/api-failure.js';
import type { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import { FoundPrompt, type RevisionListed, RevisionPage } from '../revision-answers.js';
import { type Mark, readMark } from './mark.js';

/** The prompt, or nothing if there is none that the caller may see. */
export async function findPrompt(api: Api, owner: string, name: string): Promise<FoundPrompt | undefined> {
  try {
    return await api.get(FoundPrompt, path`/v1/prompts/${owner}/${name}`);
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return undefined;
    throw error;
  }
}

/** All revisions of a prompt, newest first. */
export async function* revisionsOf(api: Api, owner: string, name: string): AsyncGenerator<RevisionListed> {
  let cursor: string | undefined;
  do {
    const query = { limit: 100, cursor };
    const page = await api.get(RevisionPage, path`/v1/prompts/${owner}/${name}/revisions`, query);
    yield* page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

export interface MarkedRevision {
  readonly id: string;
  readonly number: number;
  readonly mark: Mark;
}

/** What an import needs to know of a prompt that is there already. */
export interface History {
  /** Number of the newest revision; 0 if there is none. */
  readonly newest: number;
  /** Newest first. */
  readonly marked: readonly MarkedRevision[];
}

export async function historyOf(api: Api, owner: string, name: string): Promise<History> {
  const marked: MarkedRevision[] = [];
  let newest = 0;
  for await (const { id, number, meta } of revisionsOf(api, owner, name)) {
    newest = Math.max(newest, number);
    const mark = readMark(meta);
    if (mark) marked.push({ id, number, mark });
  }
  return { newest, marked };
}
