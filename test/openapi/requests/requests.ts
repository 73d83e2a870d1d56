import * as sdk from '@promptyard/client/index.js';
import type * as functions from '@promptyard/client/generated/sdk.gen.js';
import { aGroup, type TestGroup } from '../../support/grants.js';
import { call } from '../../support/api.js';
import { packageOf } from '../../support/packages.js';
import { anOrganization, aUser, addMember, sessionOf, type TestOrganization, type TestUser } from '../../support/users.js';
import { aPrompt, type TestPrompt } from '../../support/prompts.js';
import { conductorRequests } from './conductor-requests.js';
import { openWebUiRequests } from './open-webui-requests.js';
import { guardedLabel, historyRequests } from './history-requests.js';
import { adminPassword, type OpenTestServer } from '../../support/test-server.js';

type Sdk = typeof functions;
export type OperationId = keyof Sdk;
export type OptionsOf<Id extends OperationId> = NonNullable<Parameters<Sdk[Id]>[0]>;

/** The options of a call and its token; anonymous callers have none. */
export interface Request<Options = GenericOptions> {
  readonly token?: string;
  readonly options: Options;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The options that the requests of all operations share. */
export interface GenericOptions {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  /** A text is sent as a JSON string. */
  readonly body?: object | string;
}

export interface ApiFixtures {
  readonly server: OpenTestServer;
  readonly alice: TestUser;
  readonly bob: TestUser;
  /** Alice's, public, with version 1.0.0. */
  readonly prompt: TestPrompt;
  /** Alice's, with bob as a member. */
  readonly organization: TestOrganization;
  /** With alice as its member. */
  readonly group: TestGroup;
  /** Log-ins, for what takes a person. */
  readonly sessions: { readonly alice: string; readonly bob: string };
}

export async function createApiFixtures(server: OpenTestServer): Promise<ApiFixtures> {
  const [alice, bob] = [await aUser(server), await aUser(server)];
  const organization = await anOrganization(server);
  await addMember(server, organization, alice, 'owner');
  await addMember(server, organization, bob);
  const group = await aGroup(server, [alice]);
  const prompt = await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make();
  const protection = { token: alice.key, json: { writers: [bob.username] } };
  await call(server, 'PUT', `${prompt.path}/labels/${guardedLabel}/protection`, protection);
  const sessions = { alice: await sessionOf(server, alice), bob: await sessionOf(server, bob) };
  return { server, alice, bob, prompt, organization, group, sessions };
}

let count = 0;
const unique = (word: string) => `${word}-${(count += 1)}`;

type Requests = { readonly [Id in OperationId]: () => Promise<Request<OptionsOf<Id>>> };

/** One successful request for each operation. It succeeds each time that it is created. */
export function goodRequests({ server, alice, prompt, organization, group, sessions }: ApiFixtures): Requests {
  const path = { owner: prompt.owner, name: prompt.name };
  const versionPath = { ...path, version: '1.0.0' };
  const by = (token: string | undefined) => <T>(options: T) => Promise.resolve({ token, options });
  const [asAlice, asAdmin, asStranger] = [by(alice.key), by(server.adminKey), by(undefined)];
  const asPerson = by(sessions.alice);
  const own = (word: string) => aPrompt(server, unique(word)).ownedBy(alice).make();
  return {
    login: () => asStranger({ body: { username: 'admin', password: adminPassword } }),
    createApiKey: () => asAlice({ body: { name: 'laptop' } }),
    listApiKeys: () => asAlice({}),
    revokeApiKey: async () => asAlice({ path: { id: await keyIdOf(server, alice) } }),
    getMe: () => asAlice({}),
    changePassword: async () => {
      const { key, password } = await aUser(server);
      return by(key)({ body: { current_password: password, new_password: 'another good password' } });
    },
    createUser: () => {
      const username = unique('made');
      return asAdmin({ body: { username, email: `${username}@example.com` } });
    },
    listAuditEntries: () => asAdmin({ query: { action: 'prompt' as const, prompt: `${prompt.owner}/${prompt.name}` } }),
    getAuditCsv: () => asAdmin({ query: { actor: alice.username, from: '2026-01-01T00:00:00Z' } }),
    listUsers: () => asAdmin({ query: { limit: 2, offset: 1 } }),
    listGroups: () => asAlice({ query: { limit: 2 } }),
    createGroup: () => asAdmin({ body: { slug: unique('team') } }),
    getGroup: () => asAlice({ path: { id: group.slug }, query: { limit: 1 } }),
    updateGroup: async () => asAdmin({ path: { id: (await aGroup(server, [])).id }, body: { description: 'A team.' } }),
    deleteGroup: async () => asAdmin({ path: { id: (await aGroup(server, [alice])).id } }),
    addGroupMember: async () => asAdmin({ path: { id: (await aGroup(server, [])).id, user: alice.username } }),
    removeGroupMember: async () => asAdmin({ path: { id: (await aGroup(server, [alice])).id, user: alice.username } }),
    listOrganizations: () => asAlice({ query: { limit: 2 } }),
    createOrganization: () => asPerson({ body: { slug: unique('made-by-alice') } }),
    getOrganization: () => asAlice({ path: { slug: organization.slug }, query: { limit: 1 } }),
    updateOrganization: () => asPerson({ path: { slug: organization.slug }, body: { member_access: 'write' as const } }),
    setOrganizationMember: async () => {
      const { username: user } = await aUser(server);
      return asPerson({ path: { slug: organization.slug, user }, body: { role: 'member' as const } });
    },
    removeOrganizationMember: async () => {
      const leaving = await aUser(server);
      await addMember(server, organization, leaving);
      return asPerson({ path: { slug: organization.slug, user: leaving.username } });
    },
    updateUser: async () => asAdmin({ path: { id: (await aUser(server)).id }, body: { role: 'admin' as const } }),
    createPrompt: () => asAlice({ body: { name: unique('new'), description: 'It is new.', tags: ['fresh'] } }),
    searchPrompts: () => asStranger({ query: { q: prompt.name, limit: 5 } }),
    getPromptById: () => asStranger({ path: { id: prompt.id } }),
    getPrompt: () => asStranger({ path }),
    updatePrompt: async () => asAlice({ path: { id: (await own('changing')).id }, body: { title: 'A title' } }),
    deletePrompt: async () => asAlice({ path: { id: (await own('doomed')).id } }),
    restorePrompt: async () => asAdmin({ path: { id: await aDeletedPrompt(server, alice, unique('gone')) } }),
    publishPrompt: () => asAlice({ body: { name: unique('haiku'), description: 'A haiku.', content: 'On {{topic}}.' } }),
    uploadVersion: async () => {
      const { id, name } = await own('packed');
      const archive = await packageOf({ name, version: '1.0.0' });
      return asAlice({ path: { id }, body: { version: '1.0.0', tarball: new File([new Uint8Array(archive)], 'p.tar.gz') } });
    },
    listPromptAuditEntries: () => asAlice({ path, query: { limit: 1 } }),
    getPromptAuditCsv: () => asAlice({ path, query: {} }),
    listGrants: () => asAlice({ path }),
    setGrants: () => {
      const signedInUsers = { principal_type: 'user' as const, principal: '*', permission: 'read' as const };
      return asAlice({ path, body: { items: [signedInUsers] } });
    },
    listVersions: () => asStranger({ path, query: {} }),
    getVersion: () => asStranger({ path: versionPath }),
    downloadVersion: () => asStranger({ path: versionPath }),
    getDownloads: () => asStranger({ path, query: { version: '1.0.0', interval: 'week' as const } }),
    getDownloadsCsv: () => asStranger({ path, query: {} }),
    ...historyRequests(server, alice, prompt),
    ...conductorRequests(server, alice),
    ...openWebUiRequests(server, alice),
    getLiveness: () => asStranger({}),
    getReadiness: () => asStranger({}),
    getMetrics: () => asStranger({}),
  };
}

/** The id of a deleted prompt. */
export async function aDeletedPrompt(server: OpenTestServer, owner: TestUser, name: string): Promise<string> {
  const { id } = await aPrompt(server, name).ownedBy(owner).make();
  const client = sdk.createClient({ baseUrl: server.url, auth: owner.key });
  await sdk.deletePrompt({ client, path: { id }, throwOnError: true });
  return id;
}

async function keyIdOf(server: OpenTestServer, { key }: TestUser): Promise<string> {
  const client = sdk.createClient({ baseUrl: server.url, auth: key });
  const { data } = await sdk.createApiKey({ client, body: { name: unique('key') }, throwOnError: true });
  return data.id;
}
