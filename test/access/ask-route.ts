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

/** The operationId of a row; a note behind it tells two rows of one operation apart. */
export const routeOf = (operation: string) => operation.split(' ', 1)[0] ?? '';

/** Whether the prompt that a row is about has a package version. */
export const isPublished = (operation: string) => !operation.endsWith(' unpublished');

/** The note of rows in which sessions take the place of keys. */
const signedIn = ' signed-in';

/** Who asks: one of the cast, or who holds a certain token. */
type Requester = { readonly actor: Actor } | { readonly token: string | undefined };

/** Asks a route for what its row says, about the scene's prompt. */
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
