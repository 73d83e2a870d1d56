import { type Command, type Form, type GrantInput } from '../../protocols/open-webui/commands.js';
import type { Entry, Snapshot } from '../../protocols/open-webui/entries.js';
import { type Headers, signIn } from '../../protocols/open-webui/sessions/sessions.js';
import type { Reachable } from '../../support/api.js';

/** A prompt as a page of it has it. */
export interface OpenedPrompt extends Command {
  readonly user: Entry['user'] | null;
  readonly write_access: boolean;
}

export interface FoundPrompts {
  readonly items: readonly OpenedPrompt[];
  readonly total: number;
}

export interface Comparison {
  readonly from_snapshot: Snapshot;
  readonly to_snapshot: Snapshot;
  readonly content_diff: readonly string[];
  readonly line_endings_only: boolean;
  readonly name_changed: boolean;
  readonly access_grants_changed: boolean;
}

/** An error as the front end shows it. */
export class FrontEndError extends Error {
  constructor(readonly detail: unknown) {
    super(JSON.stringify(detail));
  }
}

/** The parameters of the list of prompts. Empty ones are not sent. */
export interface Search {
  readonly query?: string;
  readonly view_option?: 'created' | 'shared';
  readonly tag?: string;
  readonly order_by?: string;
  readonly direction?: 'asc' | 'desc';
  readonly page?: number;
}

/** The front end after its log-in form, in the browser that keeps the cookie. */
export async function signedIn(server: Reachable, email: string, password: string): Promise<FrontEnd> {
  const { status, body, text, headers } = await signIn(server, { email, password }, pageHeaders(server, 'POST'));
  if (status !== 200) throw new Error(`not signed in: ${status} ${text}`);
  const cookie = headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  return frontEnd(server, body.token, cookie);
}

/**
 * The calls of Open WebUI's front end, release 0.12 (`src/lib/apis/prompts`), as a browser sends them from its pages:
 * those without a body say that they send JSON, and every call has the token twice.
 */
function frontEnd(server: Reachable, token: string, cookie: string) {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        authorization: `Bearer ${token}`,
        cookie,
        ...pageHeaders(server, method),
      },
      body: body && JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new FrontEndError((answer as { detail: unknown }).detail);
    return answer;
  };
  const asPrompt = async (answer: Promise<unknown>) => (await answer) as Command;

  return {
    createNewPrompt: (prompt: Form) => asPrompt(ask('POST', '/prompts/create', withoutSlash(prompt))),
    getPrompts: async () => (await ask('GET', '/prompts/')) as Command[],
    getPromptTags: async () => (await ask('GET', '/prompts/tags')) as string[],
    getPromptItems: async (search: Search = {}) =>
      (await ask('GET', `/prompts/list?${parametersOf(search)}`)) as FoundPrompts,
    getPromptByCommand: async (command: string) =>
      (await ask('GET', `/prompts/command/${bare(command)}`)) as OpenedPrompt,
    getPromptById: async (id: string) => (await ask('GET', `/prompts/id/${id}`)) as OpenedPrompt,
    /** The editor sends all fields that it has read, with the changes. */
    updatePromptById: (prompt: OpenedPrompt, edited: Form) =>
      asPrompt(ask('POST', `/prompts/id/${prompt.id}/update`, withoutSlash({ ...prompt, ...edited }))),
    updatePromptMetadata: (id: string, name: string, command: string, tags: readonly string[] = []) =>
      asPrompt(ask('POST', `/prompts/id/${id}/update/meta`, { name, command: bare(command), tags })),
    setProductionPromptVersion: (id: string, version: string) =>
      asPrompt(ask('POST', `/prompts/id/${id}/update/version`, { version_id: version })),
    togglePromptById: (id: string) => asPrompt(ask('POST', `/prompts/id/${id}/toggle`)),
    updatePromptAccessGrants: (id: string, grants: readonly GrantInput[]) =>
      asPrompt(ask('POST', `/prompts/id/${id}/access/update`, { access_grants: grants })),
    deletePromptById: (id: string) => ask('DELETE', `/prompts/id/${id}/delete`),
    getPromptHistory: async (id: string, page = 0) =>
      (await ask('GET', `/prompts/id/${id}/history?page=${page}`)) as Entry[],
    getPromptHistoryItem: async (id: string, entry: string) =>
      (await ask('GET', `/prompts/id/${id}/history/${entry}`)) as Entry,
    deletePromptHistoryVersion: (id: string, entry: string) => ask('DELETE', `/prompts/id/${id}/history/${entry}`),
    getPromptDiff: async (id: string, from: string, to: string) =>
      (await ask('GET', `/prompts/id/${id}/history/diff?from_id=${from}&to_id=${to}`)) as Comparison,
    /** The two that the dialog asks for whom to share with. */
    getGroups: async () => (await ask('GET', '/groups/?share=true')) as { id: string; name: string }[],
    searchUsers: async (query: string) =>
      (await ask('GET', `/users/search?${parametersOf({ query, page: 1 })}`)) as { users: { id: string }[] },
  };
}
export type FrontEnd = ReturnType<typeof frontEnd>;

/** The headers with which a browser describes the page of a call. */
function pageHeaders({ url }: Reachable, method: string): Headers {
  const origin: Headers = method === 'GET' ? {} : { origin: url };
  return { ...origin, referer: `${url}/workspace/prompts`, 'sec-fetch-site': 'same-origin' };
}

function bare(command: string): string {
  return command.startsWith('/') ? command.slice(1) : command;
}

function withoutSlash(prompt: Form): Form {
  return typeof prompt.command === 'string' ? { ...prompt, command: bare(prompt.command) } : prompt;
}

function parametersOf(search: Search): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (value) parameters.append(name, String(value));
  return parameters.toString();
}
