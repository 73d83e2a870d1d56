import { type ApiAnswer, call } from '../../support/api.js';
import { versionForm } from '../../support/form.js';
import { startOpenTestServer, type OpenTestServer } from '../../support/test-server.js';
import {
  aServerThatFillsWithUploads,
  aServerThatLosesItsDatabase,
  aServerThatLosesItsStore,
  aServerWhoseStoreBecomesUnfit,
  aServerWithoutRequestsLeft,
  type FragileServer,
} from './broken-servers.js';
import { credentials, operations } from '../document.js';
import { createApiFixtures, type GenericOptions, goodRequests, type Request, type ApiFixtures } from '../requests/requests.js';
import { pathOf } from '../url.js';

/** A failing server, with requests that would succeed on a working one. */
export interface Prepared {
  readonly server: OpenTestServer;
  readonly requests: Readonly<Record<string, Request>>;
}

/** No server listens there. */
const nowhere = 'http://127.0.0.1:1';

/** The working server with the data of the requests. */
export interface WithFixtures {
  readonly fixtures: ApiFixtures;
}

/** All servers that are needed to provoke every error. */
export interface TestServers extends WithFixtures {
  readonly adminId: string;
  readonly strictLogin: OpenTestServer;
  /**
   * A server without sign-up. Only members of a missing group may create prompts in Open WebUI, and the trusted Open
   * WebUI server does not answer.
   */
  readonly withoutSignUp: OpenTestServer;
  readonly rateLimited: OpenTestServer;
  readonly full: Prepared;
  readonly withoutDatabase: Prepared;
  readonly withoutStore: Prepared;
  readonly withUnfitStore: Prepared;
}

/** Passes each server to `onStop` as soon as it runs, so that all are stopped when a later one fails. */
export async function startServers(onStop: (stop: () => Promise<void>) => void): Promise<TestServers> {
  const started = async <Server extends { stop(): Promise<void> }>(starting: Promise<Server>) => {
    const server = await starting;
    onStop(() => server.stop());
    return server;
  };
  const broken = async (starting: Promise<FragileServer>): Promise<Prepared> => {
    const { server, fail: breakDown } = await started(starting);
    const prepared = await prepare(server);
    await breakDown();
    return prepared;
  };
  const server = await started(startOpenTestServer({ ALLOW_SIGNUP: 'true' }));
  const me = await call(server, 'GET', '/v1/me', { token: server.adminKey });
  return {
    fixtures: await createApiFixtures(server),
    adminId: me.body.id,
    strictLogin: await started(startOpenTestServer({ LOGIN_ATTEMPTS_PER_MINUTE: '1', ALLOW_SIGNUP: 'true' })),
    withoutSignUp: await started(startOpenTestServer({ OPENWEBUI_PROMPT_CREATORS: 'editors', OPENWEBUI_URL: nowhere })),
    rateLimited: await started(aServerWithoutRequestsLeft()),
    full: await broken(aServerThatFillsWithUploads()),
    withoutDatabase: await broken(aServerThatLosesItsDatabase()),
    withoutStore: await broken(aServerThatLosesItsStore()),
    withUnfitStore: await broken(aServerWhoseStoreBecomesUnfit()),
  };
}

async function prepare(server: OpenTestServer): Promise<Prepared> {
  const created = Object.entries(goodRequests(await createApiFixtures(server))).map(async ([id, make]) => {
    const request: Request = await make();
    return [id, request] as const;
  });
  return { server, requests: Object.fromEntries(await Promise.all(created)) };
}

/** Sends a request to an operation as the document describes it. */
export async function send(server: OpenTestServer, id: string, { token, options, headers }: Request): Promise<ApiAnswer> {
  const operation = operations.find((each) => each.id === id);
  if (!operation) throw new Error(`there is no operation ${id}`);
  const path = pathOf(operation, options);
  return call(server, operation.method.toUpperCase(), path, {
    ...credentials(operation, token),
    headers,
    ...(await encode(options.body)),
  });
}

async function encode(body: GenericOptions['body']) {
  if (typeof body !== 'object' || !('tarball' in body)) return { json: body };
  const { version, tarball } = body as { version: string; tarball: Blob };
  return versionForm(version, Buffer.from(await tarball.arrayBuffer()));
}
