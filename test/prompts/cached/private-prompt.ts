import { type ApiAnswer, call, eventually } from '../../support/api.js';
import type { OpenTestServer } from '../../support/test-server.js';
import { addMember, aKey, anOrganization, aUser } from '../../support/users.js';
import { ask, aTemplate, pathOf } from '../../protocols/conductor/templates.js';
import { openWebUi } from '../../protocols/open-webui/commands.js';

export const maxStaleMs = 200;

let count = 0;

/** The ways to read a prompt on the protocols that keep what they have read of private ones. */
export const ways = ['conductor', 'conductor, by version', 'open-webui', 'open-webui, by command'] as const;
export type Way = (typeof ways)[number];

/** A private prompt of an organization that lets its members read, and Alice, who has no part in it. */
export async function aPrivatePrompt(server: OpenTestServer) {
  const [owner, alice] = [await aUser(server), await aUser(server)];
  const organization = await anOrganization(server, { memberAccess: 'read' });
  await addMember(server, organization, owner, 'owner');
  const ownerKey = await aKey(server, owner.id, { ownerId: organization.id });
  const aliceKey = await aKey(server, alice.id, { ownerId: organization.id });
  const name = `cached-${(count += 1)}`;
  await aTemplate(server, ownerKey, name, 'One ${x}');

  const v1 = (method: string, path: string, json?: object) =>
    call(server, method, `/v1/prompts/${organization.slug}/${name}${path}`, { token: owner.key, json });
  const { id } = (await v1('GET', '')).body;
  const reads: Readonly<Record<Way, (key: string) => Promise<ApiAnswer>>> = {
    conductor: (key) => ask(server, 'GET', pathOf(name), key),
    'conductor, by version': (key) => ask(server, 'GET', `${pathOf(name)}?version=1`, key),
    'open-webui': (key) => openWebUi(server, key).get(id),
    'open-webui, by command': (key) => openWebUi(server, key).byCommand(name),
  };
  return {
    ...{ id, name, owner, ownerKey, alice, aliceKey, organization, v1 },
    sql: (text: string, ...values: unknown[]) => server.database.pool.query(text, values),
    patch: (json: object) => call(server, 'PATCH', `/v1/prompts/${id}`, { token: owner.key, json }),
    setGrants: (...items: object[]) => v1('PUT', '/grants', { items }),
    read: (way: Way, key: string) => reads[way](key),
    statuses: (key: string) => Promise.all(ways.map(async (way) => (await reads[way](key)).status)),
  };
}
export type PrivatePrompt = Awaited<ReturnType<typeof aPrivatePrompt>>;

export const grantTo = (principal: string, permission: string) => ({ principal_type: 'user', principal, permission });

/** Reads until the value is as expected, and gives the milliseconds until the last read of another value began. */
export async function staleMs<T>(read: () => Promise<T>, isExpected: (value: T) => boolean): Promise<number> {
  const began = performance.now();
  let lastWrong = began;
  const reading = async () => {
    const asked = performance.now();
    const value = await read();
    if (!isExpected(value)) lastWrong = asked;
    return value;
  };
  return isExpected(await eventually(reading, isExpected)) ? lastWrong - began : Infinity;
}
