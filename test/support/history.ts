import { type ApiAnswer, call } from './api.js';
import type { TestPrompt } from './prompts.js';
import type { TestServer } from './test-server.js';

export interface Revision {
  readonly number: number;
  readonly digest: string;
  readonly content: string;
  readonly labels: readonly string[];
  readonly [field: string]: unknown;
}

/** Saves a revision through the API, and returns any answer. */
export function save(
  server: TestServer,
  prompt: Pick<TestPrompt, 'path'>,
  token: string,
  revision: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  return call(server, 'POST', `${prompt.path}/revisions`, { token, json: revision, headers });
}

/** Creates a revision; the newest one must have another content. */
export async function aRevision(
  server: TestServer,
  prompt: Pick<TestPrompt, 'path'>,
  token: string,
  content: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Revision> {
  const answer = await save(server, prompt, token, { content, ...more });
  if (answer.status !== 201) throw new Error(`no revision: ${answer.text}`);
  return answer.body as unknown as Revision;
}

export function point(
  server: TestServer,
  prompt: Pick<TestPrompt, 'path'>,
  token: string,
  label: string,
  to: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  return call(server, 'PUT', `${prompt.path}/labels/${label}`, { token, json: to, headers });
}
