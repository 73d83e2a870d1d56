import { type Body, call } from '../support/api.js';
import type { TestUser } from '../support/users.js';
import type { TestServer } from '../support/test-server.js';
import { actsOn } from './answers.js';

let count = 0;

/** An answer about an organization, or the `slug` of one alone. */
type Named = Readonly<Record<string, unknown>>;

export interface CallOptions {
  readonly members?: readonly TestUser[];
  /** Besides the one who makes it. */
  readonly owners?: readonly TestUser[];
  readonly memberAccess?: 'none' | 'read' | 'write';
}

/** The operations on organizations. */
export function organizationCalls(server: () => TestServer) {
  const ask = (token: string, method: string, path: string, json?: object) =>
    call(server(), method, `/v1/organizations${path}`, { token, json });
  const create = (token: string, json: object) => ask(token, 'POST', '', json);
  const read = (token: string, path: string) => ask(token, 'GET', path);
  const set = (token: string, { slug }: Named, user: string, role: string) =>
    ask(token, 'PUT', `/${String(slug)}/members/${user}`, { role });
  return {
    ask,
    create,
    read,
    set,
    change: (token: string, { slug }: Named, json: object) => ask(token, 'PATCH', `/${String(slug)}`, json),
    remove: (token: string, { slug }: Named, user: string) => ask(token, 'DELETE', `/${String(slug)}/members/${user}`),
    /** An organization that this user makes. */
    anOrganizationOf: async ({ key }: TestUser, { members = [], owners = [], memberAccess }: CallOptions = {}) => {
      const { body } = await create(key, { slug: `org-${(count += 1)}`, member_access: memberAccess });
      for (const { username } of members) await set(key, body, username, 'member');
      for (const { username } of owners) await set(key, body, username, 'owner');
      return body;
    },
    /** Name and role of each member, as an admin reads them. */
    membersOf: async ({ slug }: Named): Promise<string[]> => {
      const { body } = await read(server().adminKey, `/${String(slug)}`);
      return (body.members as readonly Body[]).map(({ username, role }) => `${String(username)}: ${String(role)}`);
    },
    actsOn: (slug: unknown) => actsOn(server(), 'organization', slug),
  };
}
