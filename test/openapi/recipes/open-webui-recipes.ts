import { randomUUID } from 'node:crypto';
import { SessionTokenService } from '../../../src/auth/credentials/session-token.service.js';
import { aCommand, openWebUi } from '../../protocols/open-webui/commands.js';
import { aForeignToken } from '../../protocols/open-webui/sessions/sessions.js';
import { call } from '../../support/api.js';
import { aKey, aUser } from '../../support/users.js';
import { MalformedEmail, OpenWebUiUnavailable, UnsuitablePassword } from '../../../src/protocols/open-webui/sessions/sessions.errors.js';
import { AccessProhibited } from '../../../src/protocols/open-webui/open-webui.errors.js';
import { ask, askForNothing, askWithBody, askWithBoundKey, filled, type Recipe, whereProductionIsProtected } from './asking.js';
import { withDraft } from '../requests/open-webui-requests.js';
import { send, type TestServers } from '../servers/test-servers.js';

const prohibited =
  '401 You do not have permission to access this resource. Please contact your administrator for assistance.';
const nothing = "404 We could not find what you're looking for :/";
const taken = '400 Uh-oh! This command is already registered. Please choose another command string.';
const mayNotShare = '403 You do not have permission to share with the requested audience';

const askAsBob: Recipe = (setting, operation) =>
  ask(setting, operation, (good) => ({ ...good, token: setting.fixtures.bob.key }));

/** With a token of this user, who may be missing. */
const askAs =
  (userIdOf: (setting: TestServers) => string | Promise<string>): Recipe =>
  async (setting, operation) => {
    const sessions = setting.fixtures.server.app.get(SessionTokenService, { strict: false });
    const { token } = await sessions.issue({ userId: await userIdOf(setting), passwordVersion: 1, keyId: undefined });
    return ask(setting, operation, (good) => ({ ...good, token }));
  };

/** Errors that every operation of the protocol can have. */
export const openWebUiGenericRecipes: Readonly<Record<string, Recipe>> = {
  [prohibited]: askAsBob,
  [nothing]: askForNothing,
  '401 the user of the token is unknown': askAs(() => randomUUID()),
  '401 the account has not been approved yet': askAs(async ({ fixtures: { server } }) => {
    return (await aUser(server, { role: 'pending' })).id;
  }),
  [`503 ${OpenWebUiUnavailable.message}`]: ({ withoutSignUp }, { method, path }) =>
    call(withoutSignUp, method.toUpperCase(), filled(path), { token: aForeignToken() }),
};

/** With the command of an existing prompt of Alice. */
const takeCommand: Recipe = async (setting, operation) => {
  const { server, alice } = setting.fixtures;
  const { command } = await aCommand(openWebUi(server, alice.key), { command: `taken-${randomUUID()}` });
  return askWithBody(() => ({ command }))(setting, operation);
};

/** As Bob, who has read and write grants on the prompt, with a grant to another user. */
const shareAsGrantee: Recipe = (setting, operation) =>
  ask(setting, operation, async (good) => {
    const { server, alice, bob } = setting.fixtures;
    const grants = ['read', 'write'].map((permission) => ({ principal_type: 'user', principal_id: bob.id, permission }));
    await openWebUi(server, alice.key).share(good.options.path?.['id'] ?? '', grants);
    const options = typeof good.options.body === 'object' ? { ...good.options, body: { ...good.options.body, access_grants: [] } } : good.options;
    return { token: bob.key, options };
  });

const signUp = (name: string) => ({ name, email: `${name}@example.com`, password: 'a good password' });

/** Errors of single operations. */
export const openWebUiRecipes: Readonly<Record<string, Recipe>> = {
  'signIn 400 invalid username or password': askWithBody(() => ({ password: 'wrong' })),
  'signIn 429 too many failed log-ins': async ({ strictLogin }, { id }) => {
    const guess = { options: { body: { email: 'admin@localhost', password: 'wrong' } } };
    await send(strictLogin, id, guess);
    return send(strictLogin, id, guess);
  },
  [`signUp 403 ${AccessProhibited.message}`]: ({ withoutSignUp }, { id }) =>
    send(withoutSignUp, id, { options: { body: signUp('nobody') } }),
  [`signUp 400 ${MalformedEmail.message}`]: askWithBody(() => ({ email: 'nowhere' })),
  [`signUp 400 ${UnsuitablePassword.message}`]: askWithBody(() => ({ password: 'short' })),
  'signUp 400 email already in use': askWithBody(({ fixtures }) => ({ email: fixtures.alice.email })),
  'signUp 429 too many sign-ups': async ({ strictLogin }, { id }) => {
    await send(strictLogin, id, { options: { body: signUp('first') } });
    return send(strictLogin, id, { options: { body: signUp('second') } });
  },
  'createCommand 403 the API key is bound to another owner or prompt': askWithBoundKey,
  // On a server where only the members of a group make prompts.
  'createCommand 401 401 Unauthorized': async ({ withoutSignUp }, { id }) => {
    const { key } = await aUser(withoutSignUp);
    return send(withoutSignUp, id, { token: key, options: { body: { command: 'c', name: 'n', content: 't' } } });
  },
  [`createCommand ${taken}`]: takeCommand,
  [`updateCommand ${taken}`]: takeCommand,
  [`updateCommandMeta ${taken}`]: takeCommand,
  // With a key that acts where only Bob makes prompts.
  [`createCommand ${prohibited}`]: async (setting, operation) => {
    const { server, alice, bob } = setting.fixtures;
    const token = await aKey(server, alice.id, { ownerId: bob.id });
    return ask(setting, operation, (good) => ({ ...good, token }));
  },
  [`updateCommand ${mayNotShare}`]: shareAsGrantee,
  [`shareCommand ${mayNotShare}`]: shareAsGrantee,
  [`toggleCommand ${mayNotShare}`]: shareAsGrantee,
  'updateCommand 403 the label is protected': whereProductionIsProtected,
  'updateCommandMeta 403 the label is protected': whereProductionIsProtected,
  'setCommandVersion 403 the label is protected': whereProductionIsProtected,
  'deleteCommand 403 the label is protected': whereProductionIsProtected,
  'setCommandVersion 400 Something went wrong :/': askWithBody(() => ({ version_id: randomUUID() })),
  'deleteHistoryEntry 400 Cannot delete the active production version': async (setting, operation) => {
    const { command } = await withDraft(setting.fixtures.server, setting.fixtures.alice);
    return ask(setting, operation, ({ token, options }) => ({
      token,
      options: { ...options, path: { id: command.id, hid: command.version_id } },
    }));
  },
};
