import { type Version, VersionPage } from './answers.js';
import type { Api } from './api.js';
import { path } from './path.js';
import type { PromptReference } from './prompt-reference.js';

/** All versions of a prompt, newest first, over as many pages as there are. */
export async function listVersions(api: Api, { owner, name }: PromptReference): Promise<Version[]> {
  const versions: Version[] = [];
  let cursor: string | undefined;
  do {
    const response = await api.open('GET', path`/v1/prompts/${owner}/${name}/versions`, { query: { cursor } });
    versions.push(...(await api.read(VersionPage, response)).items);
    cursor = nextCursor(response.headers.get('link'));
  } while (cursor !== undefined);
  return versions;
}

function nextCursor(link: string | null): string | undefined {
  const [, next] = /<([^>]*)>;\s*rel="next"/.exec(link ?? '') ?? [];
  return next === undefined ? undefined : (new URL(next, 'http://any').searchParams.get('cursor') ?? undefined);
}
