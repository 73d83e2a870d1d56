import { SessionTokens } from '../../../src/auth/credentials/session-tokens.js';
import { call } from '../../support/api.js';
import { ask, askForNothing, askWithBody, filled, type Recipe } from './asking.js';
import { integrationRecipes } from './integration-recipes.js';
import type { Request } from '../requests/requests.js';
import { send } from '../servers/setting.js';
import { templateRecipes } from './template-recipes.js';

/** What any operation of the Conductor protocol can be asked in a wrong way. */
export const conductorGenericRecipes: Readonly<Record<string, Recipe>> = {
  '404 integration not found': askForNothing,
  '401 missing token in X-Authorization': ({ world: { server } }, { method, path }) =>
    call(server, method.toUpperCase(), filled(path)),
  '401 the access token has expired': async ({ world }, operation) => {
    const sessions = world.server.app.get(SessionTokens, { strict: false });
    const { token } = await sessions.issue({ userId: world.alice.id, passwordVersion: 1, keyId: undefined }, -1);
    return ask({ world }, operation, (good) => ({ ...good, token }));
  },
};

/** What its operations refuse by rules of their own. */
export const conductorRecipes: Readonly<Record<string, Recipe>> = {
  ...integrationRecipes,
  ...templateRecipes,
  'createToken 400 validation failed': askWithBody(() => ({ keySecret: undefined })),
  'createToken 401 invalid key id or secret': askWithBody(() => ({ keySecret: 'wrong' })),
  'createToken 401 invalid username or password': async ({ world: { server, alice } }, { id }) =>
    send(server, id, { options: { body: { email: alice.email, password: 'wrong' } } }),
  'createToken 429 too many failed log-ins': async ({ strictLogin }, { id }) => {
    const guess: Request = { options: { body: { keyId: 'nobody', keySecret: 'wrong' } } };
    await send(strictLogin, id, guess);
    return send(strictLogin, id, guess);
  },
};
