import { type ApiAnswer, call } from '../../support/api.js';
import type { TestServer } from '../../support/test-server.js';

/** A template as answers show it. */
export interface Template {
  readonly name: string;
  readonly description: string;
  readonly template: string;
  readonly version: number;
  readonly variables: readonly string[];
  readonly integrations: readonly string[];
  readonly tags: readonly { readonly key: string; readonly value: string; readonly type: string }[];
  readonly createdBy: string;
  readonly updatedBy: string;
  readonly createTime: number;
  readonly updateTime: number;
  readonly [field: string]: unknown;
}

export interface Save {
  readonly method?: 'PUT' | 'POST';
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call of the Conductor protocol, with the token in its header. */
export function ask(
  server: TestServer,
  method: string,
  path: string,
  token: string,
  input: {
    readonly json?: unknown;
    readonly body?: string | Buffer;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<ApiAnswer> {
  return call(server, method, path, { ...input, headers: { 'x-authorization': token, ...input.headers } });
}

export const pathOf = (name: string) => `/api/prompts/${encodeURIComponent(name)}`;

/** Saves the bytes as a template without encoding, and returns any answer. */
export function saveTemplate(
  server: TestServer,
  token: string,
  name: string,
  body: string | Buffer,
  { method = 'PUT', query = {}, headers = {} }: Save = {},
): Promise<ApiAnswer> {
  const parameters = new URLSearchParams();
  for (const [key, values] of Object.entries({ description: 'A template for a test.', ...query })) {
    for (const value of [values].flat()) parameters.append(key, value);
  }
  const path = `${pathOf(name)}?${parameters.toString()}`;
  return ask(server, method, path, token, { body, headers: { 'content-type': 'application/json', ...headers } });
}

/** The same, for a save that must succeed. */
export async function aTemplate(
  server: TestServer,
  token: string,
  name: string,
  text: string,
  save: Save = {},
): Promise<void> {
  const { status, text: answer } = await saveTemplate(server, token, name, text, save);
  if (status !== 200) throw new Error(`no template: ${status} ${answer}`);
}

export async function read(server: TestServer, token: string, name: string, version?: number): Promise<Template> {
  const query = version === undefined ? '' : `?version=${version}`;
  const { status, body, text } = await ask(server, 'GET', `${pathOf(name)}${query}`, token);
  if (status !== 200) throw new Error(`no template: ${status} ${text}`);
  return body as unknown as Template;
}

export async function list(server: TestServer, token: string, path = '/api/prompts'): Promise<readonly Template[]> {
  const { status, text } = await ask(server, 'GET', path, token);
  if (status !== 200) throw new Error(`no list: ${status} ${text}`);
  return JSON.parse(text) as Template[];
}

export const versions = (server: TestServer, token: string, name: string) =>
  list(server, token, `${pathOf(name)}/versions`);
