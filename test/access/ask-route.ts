import type { Scope } from '../../src/common/http/access.decorator.js';
import { credentials, operations } from '../openapi/document.js';
import { type ApiAnswer, call } from '../support/api.js';
import type { Actor, Cast } from './cast.js';
import { requests, type RoleRequest } from './role-requests.js';
import type { Scene } from './scene.js';

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
type By = { readonly actor: Actor } | { readonly token: string | undefined };

/** Asks a route for what its row says, about the scene's prompt. */
export async function askRoute(cast: Cast, operation: string, scene: Scene, by: By): Promise<ApiAnswer> {
  const { method, path: pattern } = routeAt(operation);
  const {
    scope = 'prompts:read',
    id = scene.id,
    values: others = {},
    query = '',
    ...request
  } = await requestOf(operation, scene, cast);
  const values: Record<string, string> = { ...scene, id, ...others };
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_match, name: string) => values[name] ?? '');
  const token = 'token' in by ? by.token : tokenOf(cast, operation, by.actor, scope);
  return call(cast.server, method, `${path}${query}`, { ...request, ...credentials({ path: pattern }, token) });
}

function tokenOf(cast: Cast, operation: string, actor: Actor, scope: Scope): string | undefined {
  if (operation.endsWith(signedIn)) return cast.sessionOf(actor);
  return routeAt(operation).path.startsWith('/api/') ? cast.boundTokenOf(actor, scope) : cast.tokenOf(actor, scope);
}

async function requestOf(operation: string, scene: Scene, cast: Cast): Promise<RoleRequest> {
  const request = requests[operation] ?? requests[operation.replace(signedIn, '')];
  if (!request) throw new Error(`${operation} is asked nowhere`);
  return request(scene, cast);
}

function routeAt(operation: string): Route {
  const route = routes.get(routeOf(operation));
  if (!route) throw new Error(`${operation} is no operation of the document`);
  return route;
}
