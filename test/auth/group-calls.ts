import { type Body, call } from '../support/api.js';
import type { TestUser } from '../support/users.js';
import type { TestServer } from '../support/test-server.js';
import { actsOn } from './answers.js';

let count = 0;

/** The operations on groups, by the administrator where no other token is given. */
export function groupCalls(server: () => TestServer) {
  const ask = (method: string, path: string, json?: object, token = server().adminKey) =>
    call(server(), method, `/v1/groups${path}`, { token, json });
  const create = (json: object, token?: string) => ask('POST', '', json, token);
  const add = (group: Body, user: string) => ask('PUT', `/${group.id}/members/${user}`);
  return {
    ask,
    create,
    add,
    read: (path: string, token?: string) => ask('GET', path, undefined, token),
    remove: (group: Body, user: string) => ask('DELETE', `/${group.id}/members/${user}`),
    /** A group with these members. */
    aGroup: async (...members: readonly TestUser[]): Promise<Body> => {
      const { body } = await create({ slug: `group-${(count += 1)}` });
      for (const { username } of members) await add(body, username);
      return body;
    },
    actsOn: (slug: unknown) => actsOn(server(), 'group', slug),
  };
}
