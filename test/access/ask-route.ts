import type { Scope } from '../../src/common/http/access.decorator.js';
import { credentials, operations } from '../openapi/document.js';
import { type ApiAnswer, call } from '../support/api.js';
import type { Actor, AccessActors } from './access-actors.js';
import { requests, type RoleRequest } from './role-requests.js';
import type { PromptFixture } from './prompt-fixture.js';

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Every route by its operationId. */
export const routes: ReadonlyMap<string, Route> = new Map(
  operations.map(({ id, method, path }) => [id, { method: method.toUpperCase(), path }]),
);

/** The operationId of a row, without the note that distinguishes two rows of one operation. */
export const routeOf = (operation: string) => operation.split(' ', 1)[0] ?? '';

/** Whether the prompt of a row has a package version. */
export const isPublished = (operation: string) => !operation.endsWith(' unpublished');

/** The note of rows that use sessions instead of keys. */
const signedIn = ' signed-in';

/** The caller: one of the actors, or the owner of a token. */
type Requester = { readonly actor: Actor } | { readonly token: string | undefined };

/** Sends the request of a row about the prompt. */
export async function askRoute(
  accessActors: AccessActors,
  operation: string,
  prompt: PromptFixture,
  by: Requester,
): Promise<ApiAnswer> {
  const { method, path: pattern } = routeAt(operation);
  const {
    scope = 'prompts:read',
    id = prompt.id,
    values: others = {},
    query = '',
    ...request
  } = await requestOf(operation, prompt, accessActors);
  const values: Record<string, string> = { ...prompt, id, ...others };
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_match, name: string) => values[name] ?? '');
  const token = 'token' in by ? by.token : tokenOf(accessActors, operation, by.actor, scope);
  return call(accessActors.server, method, `${path}${query}`, { ...request, ...credentials({ path: pattern }, token) });
}

function tokenOf(accessActors: AccessActors, operation: string, actor: Actor, scope: Scope): string | undefined {
  if (operation.endsWith(signedIn)) return accessActors.sessionOf(actor);
  return routeAt(operation).path.startsWith('/api/')
    ? accessActors.boundTokenOf(actor, scope)
    : accessActors.tokenOf(actor, scope);
}

async function requestOf(operation: string, prompt: PromptFixture, accessActors: AccessActors): Promise<RoleRequest> {
  const request = requests[operation] ?? requests[operation.replace(signedIn, '')];
  if (!request) throw new Error(`${operation} is asked nowhere`);
  return request(prompt, accessActors);
}

function routeAt(operation: string): Route {
  const route = routes.get(routeOf(operation));
  if (!route) throw new Error(`${operation} is no operation of the document`);
  return route;
}
