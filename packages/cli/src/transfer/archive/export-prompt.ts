import { createHash } from 'node:crypto';
import {
  type ArchiveFile,
  type ExportedPrompt,
  type ExportedVersion,
  packagePath,
  revisionPath,
} from '@promptyard/import/archive/archive-format.js';
import { type LabelMove, StoredRevision } from '@promptyard/import/archive/stored-history.js';
import { LabelList, type PromptSummary, SearchResult, type Version } from '../../api/response-schemas.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { listVersions } from '../../api/list-versions.js';
import { verificationError } from '../../cli-error.js';
import { forEachConcurrently } from '../concurrency.js';
import { PromptDetails, GrantList, LabelMovePage, RevisionPage, VersionRevision } from '../transfer-schemas.js';
import { json } from './write-archive.js';

export type FileTask = () => Promise<ArchiveFile>;

const computedLabel = 'latest';

/** All prompts of an owner that the caller may read, by name. */
export async function listPrompts(api: ApiClient, owner: string): Promise<PromptSummary[]> {
  const prompts: PromptSummary[] = [];
  for (;;) {
    const query = { owner, sort: 'name', limit: 100, offset: prompts.length };
    const { items } = await api.get(SearchResult, path`/v1/prompts`, query);
    prompts.push(...items);
    if (items.length < query.limit) return prompts;
  }
}

/** The data of a prompt that is read before its files. */
export interface PreparedPrompt {
  /** Path of the prompt in the API. */
  readonly base: string;
  readonly folder: string;
  readonly newest: number;
  readonly prompt: ExportedPrompt;
}

export async function prepareExport(
  api: ApiClient,
  owner: string,
  name: string,
  folder: string,
): Promise<PreparedPrompt> {
  const base = path`/v1/prompts/${owner}/${name}`;
  const [page, versions] = await Promise.all([
    api.get(RevisionPage, `${base}/revisions`, { limit: 1 }),
    versionsOf(api, owner, name),
  ]);
  return { base, folder, newest: page.items[0]?.number ?? 0, prompt: await describePrompt(api, base, versions) };
}

/** Tasks that read the files of a prompt in their order, so that only the files of running tasks are in memory. */
export function* exportPrompt(api: ApiClient, { base, folder, newest, prompt }: PreparedPrompt): Generator<FileTask> {
  const placed = placePackages(prompt.versions);
  yield () => Promise.resolve({ path: `${folder}/prompt.json`, bytes: json(prompt) });
  for (let number = 1; number <= newest; number += 1) {
    yield async () => {
      const revision = await api.get(StoredRevision, `${base}${path`/revisions/${number}`}`);
      return { path: revisionPath(folder, number), bytes: json(revision) };
    };
    for (const version of placed.get(number) ?? []) yield () => packageFile(api, base, folder, version);
  }
}

/** The revision after which each package is written: not before its own revision, and in the order of publication. */
function placePackages(versions: readonly ExportedVersion[]): ReadonlyMap<number, readonly ExportedVersion[]> {
  const placed = new Map<number, ExportedVersion[]>();
  let place = 1;
  for (const version of versions) {
    place = Math.max(place, version.revision ?? 1);
    placed.set(place, [...(placed.get(place) ?? []), version]);
  }
  return placed;
}

/** Oldest first. */
async function versionsOf(api: ApiClient, owner: string, name: string): Promise<ExportedVersion[]> {
  const listed = await listVersions(api, { owner, name });
  const revisions = new Map<Version, number | null>();
  await forEachConcurrently(listed, async (item) => {
    const at = path`/v1/prompts/${owner}/${name}/versions/${item.version}`;
    revisions.set(item, (await api.get(VersionRevision, at)).revision);
  });
  return listed.toReversed().map((item) => ({ ...item, revision: revisions.get(item) ?? null }));
}

async function describePrompt(api: ApiClient, base: string, versions: ExportedVersion[]): Promise<ExportedPrompt> {
  const [prompt, { items: granted }, { items: labels }] = await Promise.all([
    api.get(PromptDetails, base),
    api.get(GrantList, `${base}/grants`),
    api.get(LabelList, `${base}/labels`),
  ]);
  const storedLabels = labels.filter(({ label }) => label !== computedLabel);
  const moves = new Map<string, LabelMove[]>();
  await forEachConcurrently(storedLabels, async ({ label }) => void moves.set(label, await movesOf(api, base, label)));
  return {
    ...prompt,
    visibility: prompt.visibility === 'public' ? 'public' : 'private',
    grants: granted.map(({ principal_type, name, permission }) => ({ principal_type, principal: name, permission })),
    labels: storedLabels.map((label) => ({ ...label, moves: moves.get(label.label) ?? [] })),
    versions,
  };
}

/** Oldest first. A protected label without a target has no moves. */
export async function movesOf(api: ApiClient, base: string, label: string): Promise<LabelMove[]> {
  const moves: LabelMove[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 100, cursor };
    const page = await api.get(LabelMovePage, `${base}${path`/labels/${label}/history`}`, query).catch(emptyIfNotFound);
    moves.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return moves.toReversed();
}

function emptyIfNotFound(error: unknown) {
  if (error instanceof Error && 'status' in error && error.status === 404) return { items: [], next_cursor: null };
  throw error;
}

async function packageFile(
  api: ApiClient,
  base: string,
  folder: string,
  version: ExportedVersion,
): Promise<ArchiveFile> {
  const response = await api.fetchResponse('GET', `${base}${path`/versions/${version.version}/download`}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (createHash('sha256').update(bytes).digest('hex') !== version.sha256)
    throw verificationError(
      `the package of ${base.replace('/v1/prompts/', '')}@${version.version} is not what was published`,
      'Nothing was exported. Try again; if it stays so, the object in the store has been changed.',
    );
  return { path: packagePath(folder, version.version), bytes };
}
