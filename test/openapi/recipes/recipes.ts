import { randomUUID } from 'node:crypto';
import { scopes } from '../../../src/common/http/access.decorator.js';
import { answerOf, call, eventually } from '../../support/api.js';
import { versionForm } from '../../support/form.js';
import { aGroup } from '../../support/grants.js';
import { aKey, aUser } from '../../support/users.js';
import { aPrompt } from '../../support/prompts.js';
import {
  ask,
  askForNothing,
  askWithBody,
  askWithBoundKey,
  askWithPath,
  askWithoutRoom,
  fieldsOf,
  filled,
  onBrokenServer,
  occupy,
  type Recipe,
  select,
  sendBody,
  takesJson,
  whereProductionIsProtected,
  withPath,
} from './asking.js';
import { conductorGenericRecipes, conductorRecipes } from './conductor-recipes.js';
import { isOpenWebUis } from '../document.js';
import { openWebUiGenericRecipes, openWebUiRecipes } from './open-webui-recipes.js';
import { historyRecipes } from './history-recipes.js';
import { aDeletedPrompt, goodRequests, type Request } from '../requests/requests.js';
import { send } from '../servers/test-servers.js';

const largestTarballBytes = 10 * 1024 * 1024;
const largestBodyBytes = 8 * 1024 * 1024;

/** Violations of an operation's access rule, body and parameters, by `<status> <message>`. */
export const genericRecipes: Readonly<Record<string, Recipe>> = {
  ...conductorGenericRecipes,
  ...openWebUiGenericRecipes,
  '400 the request could not be parsed': ({ fixtures }, operation) =>
    takesJson(operation) && !isOpenWebUis(operation)
      ? sendBody({ fixtures }, operation, '{"name":', 'application/json')
      : ask({ fixtures }, operation, (good) => ({ ...good, options: withPath(good.options, '%zz') })),
  '401 missing bearer token': ({ fixtures: { server } }, { method, path }) =>
    call(server, method.toUpperCase(), filled(path), { headers: { authorization: 'Basic YWxpY2U6c2VjcmV0' } }),
  '401 invalid access token': (setting, operation) =>
    ask(setting, operation, (good) => ({ ...good, token: 'pyd_wrong' })),
  '403 missing scope': async ({ fixtures, adminId }, operation) => {
    const needed = operation.raw.security?.flatMap((schemes) => Object.values(schemes).flat());
    const others = scopes.filter((scope) => !needed?.includes(scope));
    const token = await aKey(fixtures.server, adminId, { scopes: others });
    return ask({ fixtures }, operation, (good) => ({ ...good, token }));
  },
  '403 admins only': (setting, operation) =>
    ask(setting, operation, (good) => ({ ...good, token: setting.fixtures.alice.key })),
  '403 not prompt owner': ({ fixtures }, operation) =>
    ask({ fixtures }, operation, (good) => ({ ...good, token: fixtures.bob.key })),
  '403 not organization owner': ({ fixtures }, operation) =>
    ask({ fixtures }, operation, (good) => ({ ...good, token: fixtures.sessions.bob })),
  '403 the API key is bound to another owner or prompt': async ({ fixtures, adminId }, operation) => {
    const token = await aKey(fixtures.server, adminId, { scopes, promptId: fixtures.prompt.id });
    return ask({ fixtures }, operation, (good) => ({ ...good, token }));
  },
  '404 prompt not found': askForNothing,
  '404 group not found': askForNothing,
  '404 organization not found': askForNothing,
  '404 user not found': askForNothing,
  '404 member not found': async (setting, operation) => {
    const { username } = await aUser(setting.fixtures.server);
    return askWithPath({ user: username })(setting, operation);
  },
  '404 api key not found': askForNothing,
  '404 version not found': select({ version: '9.9.9' }),
  '404 revision not found': select({ number: '999', revision: 999 }),
  '404 label not found': select({ label: 'nothing' }),
  '409 the digest differs from `expect`': select({ expect: `sha256:${'0'.repeat(64)}` }),
  '412 not the current revision': (setting, operation) =>
    ask(setting, operation, (good) => ({ ...good, headers: { 'if-match': `"9-${'0'.repeat(64)}"` } })),
  '413 payload too large': (setting, operation) =>
    sendBody(setting, operation, JSON.stringify('x'.repeat(largestBodyBytes)), 'application/json'),
  '415 unsupported media type': (setting, operation) => sendBody(setting, operation, 'name=x', 'text/plain'),
  '422 validation failed': (setting, operation) =>
    ask(setting, operation, ({ token, options }) => {
      const queries = (operation.raw.parameters ?? []).flatMap((each) => ('in' in each && each.in === 'query' ? [each.name] : []));
      const query = queries.find((name) => name === 'page') ?? queries[0];
      const wrong = Object.fromEntries(Object.keys(fieldsOf(options)).map((field) => [field, {}]));
      const body = typeof options.body === 'object' ? wrong : options.body;
      return { token, options: { ...options, body, query: query ? { [query]: 'x'.repeat(5000) } : {} } };
    }),
  // It answers one request a minute, and this may be the one.
  '429 too many requests': ({ rateLimited: impatient }, { method, path }) =>
    eventually(
      () => call(impatient, method.toUpperCase(), filled(path)),
      ({ status }) => status === 429,
    ),
  '500 failed to fetch versions': onBrokenServer('withoutDatabase'),
  '500 failed to generate download url': onBrokenServer('withoutDatabase'),
  '503 the database does not answer': onBrokenServer('withoutDatabase'),
  '503 the object store does not answer': onBrokenServer('withoutStore'),
  '503 there is no room left to store this': askWithoutRoom,
  '503 the object store is not fit for packages: GET /health/ready says why': onBrokenServer('withUnfitStore'),
};

/** Errors of an operation's own rules, by `<operationId> <status> <message>`. */
export const specialRecipes: Readonly<Record<string, Recipe>> = {
  ...conductorRecipes,
  ...historyRecipes,
  ...openWebUiRecipes,
  'login 401 invalid username or password': askWithBody(() => ({ password: 'wrong' })),
  'login 429 too many failed log-ins': async ({ strictLogin }, { id }) => {
    const guess: Request = { options: { body: { username: 'admin', password: 'wrong' } } };
    await send(strictLogin, id, guess);
    return send(strictLogin, id, guess);
  },
  'createApiKey 403 beyond the rights of these credentials': askWithBody(() => ({ scopes: ['admin'] })),
  'createApiKey 404 owner not found': askWithBody(() => ({ owner: 'nobody' })),
  'createApiKey 404 prompt not found': askWithBody(() => ({ prompt: randomUUID() })),
  'changePassword 401 invalid username or password': askWithBody(() => ({ current_password: 'wrong' })),
  'changePassword 429 too many failed log-ins': async ({ strictLogin: server }, { id }) => {
    const body = { current_password: 'wrong', new_password: 'another good password' };
    const guess: Request = { token: server.adminKey, options: { body } };
    await send(server, id, guess);
    return send(server, id, guess);
  },
  'createUser 409 user already exists': askWithBody(({ fixtures }) => ({ username: fixtures.alice.username })),
  'createUser 409 email already in use': askWithBody(({ fixtures }) => ({ email: fixtures.alice.email })),
  'updateUser 409 email already in use': askWithBody(({ fixtures }) => ({ email: fixtures.alice.email })),
  // On a server that has no other administrator.
  'updateUser 409 the last administrator cannot lose the role': async ({ strictLogin: server }, { id }) => {
    const me = await call(server, 'GET', '/v1/me', { token: server.adminKey });
    return send(server, id, { token: server.adminKey, options: { path: { id: me.body.id }, body: { role: 'user' } } });
  },
  'createGroup 409 group already exists': async (setting, operation) => {
    const { slug } = await aGroup(setting.fixtures.server, []);
    return askWithBody(() => ({ slug }))(setting, operation);
  },
  'addGroupMember 404 user not found': askWithPath({ user: 'nobody' }),
  'removeGroupMember 404 user not found': askWithPath({ user: 'nobody' }),
  'createOrganization 409 slug already in use': askWithBody(({ fixtures }) => ({ slug: fixtures.alice.username })),
  'setOrganizationMember 404 user not found': askWithPath({ user: 'nobody' }),
  'removeOrganizationMember 404 user not found': askWithPath({ user: 'nobody' }),
  'setOrganizationMember 409 an organization keeps at least one owner': (setting, operation) =>
    askWithPath({ user: setting.fixtures.alice.username })(setting, operation),
  'removeOrganizationMember 409 an organization keeps at least one owner': (setting, operation) =>
    askWithPath({ user: setting.fixtures.alice.username })(setting, operation),
  'removeOrganizationMember 409 the members of the workspace cannot be changed': (setting, operation) =>
    askWithPath({ slug: 'workspace', user: setting.fixtures.alice.username })(setting, operation),
  'createPrompt 403 not prompt owner': askWithBody(({ fixtures }) => ({ owner: fixtures.bob.username })),
  'createPrompt 403 the API key is bound to another owner or prompt': askWithBoundKey,
  'createPrompt 404 owner not found': askWithBody(() => ({ owner: 'nobody' })),
  'createPrompt 409 prompt already exists': askWithBody(({ fixtures }) => ({ name: fixtures.prompt.name })),
  'deletePrompt 403 the label is protected': whereProductionIsProtected,
  'restorePrompt 409 prompt already exists': async ({ fixtures: { server, alice } }, { id }) => {
    const deleted = await aDeletedPrompt(server, alice, 'taken-again');
    await aPrompt(server, 'taken-again').ownedBy(alice).make();
    return send(server, id, { token: server.adminKey, options: { path: { id: deleted } } });
  },
  'publishPrompt 403 beyond the rights of these credentials': async ({ fixtures }, operation) => {
    const token = await aKey(fixtures.server, fixtures.alice.id, { scopes: ['versions:publish'] });
    return ask({ fixtures }, operation, (good) => ({ ...good, token }));
  },
  'publishPrompt 403 not prompt owner': async ({ fixtures }, operation) => {
    const token = await aKey(fixtures.server, fixtures.alice.id, { ownerId: fixtures.bob.id });
    return ask({ fixtures }, operation, (good) => ({ ...good, token }));
  },
  'publishPrompt 403 the API key is bound to another owner or prompt': askWithBoundKey,
  'publishPrompt 409 prompt already exists': askWithBody(({ fixtures }) => ({ name: fixtures.prompt.name })),
  'publishPrompt 409 the object store holds another package under this number: publish the next number, or let an operator remove the package with "npm run admin -- orphans remove"': async (setting, operation) => {
    await occupy(setting, setting.fixtures.alice.id, 'occupied', '1.0.0');
    return askWithBody(() => ({ name: 'occupied' }))(setting, operation);
  },
  'uploadVersion 400 the request could not be parsed': async (setting, operation) => {
    const { body, headers } = versionForm('1.0.0', Buffer.from('cut off'));
    return sendBody(setting, operation, body.subarray(0, -20), headers['content-type']);
  },
  'uploadVersion 409 version already exists': ({ fixtures }, operation) =>
    ask({ fixtures }, operation, (good) => ({ ...good, options: { ...good.options, path: { id: fixtures.prompt.id } } })),
  'uploadVersion 409 the object store holds another package under this number: publish the next number, or let an operator remove the package with "npm run admin -- orphans remove"': async (setting, { id }) => {
    const { server, alice } = setting.fixtures;
    const { token, options } = await goodRequests(setting.fixtures).uploadVersion();
    const { body } = await call(server, 'GET', `/v1/prompts/${options.path.id}`);
    await occupy(setting, alice.id, body.name, '1.0.0');
    return send(server, id, { token, options });
  },
  'uploadVersion 413 payload too large': (setting, operation) => {
    const { body, headers } = versionForm('1.0.0', Buffer.alloc(largestTarballBytes + 1));
    return sendBody(setting, operation, body, headers['content-type']);
  },
  'uploadVersion 422 validation failed': (setting, operation) =>
    ask(setting, operation, ({ token, options }) => ({
      token,
      options: { ...options, body: { ...fieldsOf(options), version: '1.0' } },
    })),
  'uploadVersion 408 the request did not arrive in time': async ({ fixtures }) => {
    const { idPath } = await aPrompt(fixtures.server).ownedBy(fixtures.alice).make();
    const stalled = new ReadableStream<Uint8Array>({ start: (sender) => sender.enqueue(Buffer.from('--x\r\n')) });
    const headers = { authorization: `Bearer ${fixtures.alice.key}`, 'content-type': 'multipart/form-data; boundary=x' };
    return answerOf(await fetch(`${fixtures.server.url}${idPath}/versions`, { method: 'POST', headers, body: stalled, duplex: 'half' }));
  },
  // The uploads that fill the server are the administrator's.
  'uploadVersion 503 the server cannot write temporary files': ({ withoutStore: { server, requests } }, { id }) => {
    // Small packages wait in memory.
    const { token, options }: Request = requests[id] ?? { options: {} };
    const tarball = new File([new Uint8Array(100_000)], 'p.tar.gz');
    return send(server, id, { token, options: { ...options, body: { ...fieldsOf(options), tarball } } });
  },
  'uploadVersion 503 too many uploads are waiting': ({ full: { server, requests } }, { id }) =>
    send(server, id, { options: {}, ...requests[id], token: server.adminKey }),
};
