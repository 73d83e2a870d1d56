import { type Version, VersionPage } from './response-schemas.js';
import type { ApiClient } from './api-client.js';
import { path } from './path.js';
import type { PromptReference } from './prompt-reference.js';

/** All versions of a prompt, newest first, from all pages. */
export async function listVersions(api: ApiClient, { owner, name }: PromptReference): Promise<Version[]> {
  const versions: Version[] = [];
  let cursor: string | undefined;
  do {
    const response = await api.fetchResponse('GET', path`/v1/prompts/${owner}/${name}/versions`, { query: { cursor } });
    versions.push(...(await api.parseResponse(VersionPage, response)).items);
    cursor = nextCursor(response.headers.get('link'));
  } while (cursor !== undefined);
  return versions;
}

function nextCursor(link: string | null): string | undefined {
  const [, next] = /<([^>]*)>;\s*rel="next"/.exec(link ?? '') ?? [];
  return next === undefined ? undefined : (new URL(next, 'http://any').searchParams.get('cursor') ?? undefined);
}
