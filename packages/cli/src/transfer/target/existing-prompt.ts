import { ApiError } from '../../api/api-error.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { PromptDetails, type RevisionSummary, RevisionPage } from '../transfer-schemas.js';
import { type ImportMark, readImportMark } from './import-mark.js';

/** The prompt; undefined if it is missing or the caller may not read it. */
export async function findPrompt(api: ApiClient, owner: string, name: string): Promise<PromptDetails | undefined> {
  try {
    return await api.get(PromptDetails, path`/v1/prompts/${owner}/${name}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** All revisions of a prompt, newest first. */
export async function* revisionsOf(api: ApiClient, owner: string, name: string): AsyncGenerator<RevisionSummary> {
  let cursor: string | undefined;
  do {
    const query = { limit: 100, cursor };
    const page = await api.get(RevisionPage, path`/v1/prompts/${owner}/${name}/revisions`, query);
    yield* page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

export interface ImportedRevision {
  readonly id: string;
  readonly number: number;
  readonly mark: ImportMark;
}

/** The state of an existing prompt that an import needs. */
export interface ImportHistory {
  /** Number of the newest revision; 0 if there is none. */
  readonly newest: number;
  /** Newest first. */
  readonly imported: readonly ImportedRevision[];
}

export async function readImportHistory(api: ApiClient, owner: string, name: string): Promise<ImportHistory> {
  const imported: ImportedRevision[] = [];
  let newest = 0;
  for await (const { id, number, meta } of revisionsOf(api, owner, name)) {
    newest = Math.max(newest, number);
    const mark = readImportMark(meta);
    if (mark) imported.push({ id, number, mark });
  }
  return { newest, imported };
}
