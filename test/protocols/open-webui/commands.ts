import { type ApiAnswer, call, type Reachable } from '../../support/api.js';
import { aUser, type TestUser } from '../../support/users.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';

/** A prompt as answers show it. */
export interface Command {
  readonly id: string;
  readonly command: string;
  readonly user_id: string;
  readonly name: string;
  readonly content: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly is_active: boolean;
  readonly version_id: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly access_grants: readonly ShownGrant[];
}

export interface GrantInput {
  readonly principal_type: string;
  readonly principal_id: string;
  readonly permission: string;
}

export interface ShownGrant extends GrantInput {
  readonly id: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly created_at: number;
}

/** The form of the editor. Missing fields are not sent. */
export type Form = Readonly<Record<string, unknown>>;

/** The base path of the front end's calls. */
export const base = '/api/v1/prompts';

/** The calls of the front end. Calls without a body have a JSON content type too. */
export function openWebUi(server: Reachable, token?: string) {
  const ask = (method: string, path: string, json?: unknown): Promise<ApiAnswer> =>
    call(server, method, base + path, { token, json, headers: { 'content-type': 'application/json' } });
  const of = (id: string, path = '') => `/id/${encodeURIComponent(id)}${path}`;
  return {
    ask,
    list: () => ask('GET', '/'),
    tags: () => ask('GET', '/tags'),
    search: (query: Readonly<Record<string, string>> = {}) =>
      ask('GET', `/list?${new URLSearchParams(query).toString()}`),
    create: (form: Form) => ask('POST', '/create', withoutSlash(form)),
    byCommand: (command: string) => ask('GET', `/command/${encodeURIComponent(command)}`),
    get: (id: string) => ask('GET', of(id)),
    update: (id: string, form: Form) => ask('POST', of(id, '/update'), withoutSlash(form)),
    updateMeta: (id: string, form: Form) => ask('POST', of(id, '/update/meta'), withoutSlash(form)),
    setVersion: (id: string, versionId: unknown) => ask('POST', of(id, '/update/version'), { version_id: versionId }),
    share: (id: string, grants: unknown) => ask('POST', of(id, '/access/update'), { access_grants: grants }),
    toggle: (id: string) => ask('POST', of(id, '/toggle')),
    delete: (id: string) => ask('DELETE', of(id, '/delete')),
    history: (id: string, page = 0) => ask('GET', of(id, `/history?page=${page}`)),
    entry: (id: string, entryId: string) => ask('GET', of(id, `/history/${entryId}`)),
    deleteEntry: (id: string, entryId: string) => ask('DELETE', of(id, `/history/${entryId}`)),
    diff: (id: string, from: string, to: string) => ask('GET', of(id, `/history/diff?from_id=${from}&to_id=${to}`)),
  };
}
export type OpenWebUi = ReturnType<typeof openWebUi>;

/** A server with a user, and the calls of that user. */
export async function startWithUser(): Promise<{ server: TestServer; alice: TestUser; alicesClient: OpenWebUi }> {
  const server = await startTestServer();
  const alice = await aUser(server);
  return { server, alice, alicesClient: openWebUi(server, alice.key) };
}

/** The optional fields of a prompt. */
export const full = { data: { a: 1 }, meta: { b: { c: 2 } }, tags: ['x', 'y'] };
export const readForAll: GrantInput = { principal_type: 'user', principal_id: '*', permission: 'read' };

/** Returns the body as a prompt, and throws for any other answer. */
export function asCommand({ status, body, text }: ApiAnswer): Command {
  if (status !== 200) throw new Error(`no prompt: ${status} ${text}`);
  return body as unknown as Command;
}

let count = 0;

/** A new prompt; fields that the form leaves out get valid values. */
export async function aCommand(client: OpenWebUi, form: Form = {}): Promise<Command> {
  const command = `command-${(count += 1)}`;
  return asCommand(await client.create({ command, name: `Name of ${command}`, content: 'Hello {{name}}', ...form }));
}

/** The form of the editor for a prompt that it has read. */
export function formOf({ command, name, content }: Command): Form {
  return { command, name, content };
}

/** A grant without the fields that answers add. */
export function toGrantInput({ principal_type, principal_id, permission }: ShownGrant): GrantInput {
  return { principal_type, principal_id, permission };
}

function withoutSlash(form: Form): Form {
  return typeof form.command === 'string' ? { ...form, command: form.command.replace(/^\//, '') } : form;
}
