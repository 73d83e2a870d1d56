import type { KnownPrompt } from '../environment/fixtures.js';
import { nextNumbers } from '../load/compare.js';
import { nthRequest, sendOnce } from '../load/load.js';
import { uploadLoad } from '../load/upload-load.js';
import { callApi, tryApi } from './api.js';
import type { Peer } from './options.js';

export interface RegistryData {
  readonly apiKey: string;
  /** For packages that are published while measuring. */
  readonly uploads: readonly KnownPrompt[];
  /** Prompts with exactly ten versions. */
  readonly listed: readonly KnownPrompt[];
  /** Paths of those versions. */
  readonly downloads: readonly string[];
}

/** The packages of `uploadLoad` are for prompts with these names. */
const names = Array.from({ length: 50 }, (_, i) => `upload-${String(i).padStart(2, '0')}`);
const uploadCount = 25;
const versionCount = 10;
const packageBytes = 4_096;

/** Creates all prompts again, each with ten versions. */
export async function prepareRegistry(side: Peer): Promise<RegistryData> {
  const { username = '' } = await callApi(side, 'GET', '/v1/me');
  const prompts: KnownPrompt[] = [];
  for (const name of names) prompts.push(await createPrompt(side, username, name));
  const versions = await publishVersions(side, prompts);
  return {
    apiKey: side.token,
    uploads: prompts.slice(0, uploadCount),
    listed: prompts.slice(uploadCount),
    downloads: prompts
      .slice(uploadCount)
      .flatMap(({ path }, i) => versions.map((of) => `${path}/versions/${of[uploadCount + i] ?? ''}/download`)),
  };
}

/** A prompt that an earlier run has left is deleted first. */
async function createPrompt(side: Peer, owner: string, name: string): Promise<KnownPrompt> {
  const path = `/v1/prompts/${owner}/${name}`;
  const { fields: existing } = await tryApi(side, 'GET', path);
  if (existing?.id) await callApi(side, 'DELETE', `/v1/prompts/${existing.id}`);
  const { id = '' } = await callApi(side, 'POST', '/v1/prompts', { name, description: 'For measuring.' });
  return { id, owner, name, path };
}

/** Returns the numbers of the versions: in each list, one for each prompt. */
async function publishVersions(side: Peer, prompts: readonly KnownPrompt[]): Promise<string[][]> {
  const numbers = nextNumbers(versionCount * prompts.length);
  const load = await uploadLoad({ uploads: prompts, apiKey: side.token }, packageBytes, numbers);
  const published: string[][] = [];
  for (let round = 0; round < versionCount; round += 1) {
    const first = round * prompts.length;
    const versions = await Promise.all(
      prompts.map(async (_, i) => {
        const { status, body } = await sendOnce(side.url, nthRequest(load, first + i));
        if (status !== 201) throw new Error(`${side.url}: publishing is answered ${status}: ${body.slice(0, 300)}`);
        return `1.0.${numbers.first + first + i}`;
      }),
    );
    published.push(versions);
  }
  return published;
}
