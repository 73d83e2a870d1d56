import { aPrompt, type TestPrompt } from '../../support/prompts.js';
import type { TestUser } from '../../support/users.js';
import type { TestServer } from '../../support/test-server.js';
import type { ApiAnswer } from '../../support/api.js';
import type { GrantInput, OpenWebUi } from './commands.js';

export interface Snapshot {
  readonly name: string;
  readonly content: string;
  readonly command: string;
  readonly data: object;
  readonly meta: object;
  readonly tags: readonly string[];
  readonly access_grants: readonly GrantInput[];
}

/** A history entry as answers show it. */
export interface Entry {
  readonly id: string;
  readonly prompt_id: string;
  readonly parent_id: string | null;
  readonly snapshot: Snapshot;
  readonly user_id: string;
  readonly commit_message: string | null;
  readonly created_at: number;
  /** In lists only. */
  readonly user?: { readonly id: string; readonly name: string; readonly role: string; readonly email: string };
}

export const notFound = [404, "We could not find what you're looking for :/"];
export const prohibited = [
  401,
  'You do not have permission to access this resource. Please contact your administrator for assistance.',
];
export const taken = [400, 'Uh-oh! This command is already registered. Please choose another command string.'];
export const wentWrong = [400, 'Something went wrong :/'];
export const isProduction = [400, 'Cannot delete the active production version'];

export const refusal = ({ status, body }: ApiAnswer) => [status, body['detail']];

/** A private prompt of the workspace, created on `/v1`. */
export function inWorkspace(server: TestServer, creator: TestUser): Promise<TestPrompt> {
  return aPrompt(server).in({ id: '', slug: 'workspace' }).ownedBy(creator).private().make();
}

/** A page of a history, newest first. */
export async function historyOf(client: OpenWebUi, id: string, page = 0): Promise<Entry[]> {
  const { status, text } = await client.history(id, page);
  if (status !== 200) throw new Error(`no history: ${status} ${text}`);
  return JSON.parse(text) as Entry[];
}

/** The numbers from 1, which are the texts of a history. */
export const upTo = (number: number) => Array.from({ length: number }, (_, index) => index + 1);

export const contentOf = ({ snapshot }: Entry) => snapshot.content;

/** The text of each entry and of its parent; null for an entry without a parent. */
export function chainOf(entries: readonly Entry[]): (readonly [string, string | null | undefined])[] {
  const contents = new Map(entries.map((entry) => [entry.id, contentOf(entry)]));
  return entries.map((entry) => [contentOf(entry), entry.parent_id && contents.get(entry.parent_id)]);
}
