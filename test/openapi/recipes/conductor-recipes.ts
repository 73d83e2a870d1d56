import { SessionTokenService } from '../../../src/auth/credentials/session-token.service.js';
import { call } from '../../support/api.js';
import { ask, askForNothing, askWithBody, filled, type Recipe } from './asking.js';
import { integrationRecipes } from './integration-recipes.js';
import type { Request } from '../requests/requests.js';
import { send } from '../servers/test-servers.js';
import { templateRecipes } from './template-recipes.js';

/** Errors that every operation of the Conductor protocol can have. */
export const conductorGenericRecipes: Readonly<Record<string, Recipe>> = {
  '404 integration not found': askForNothing,
  '401 missing token in X-Authorization': ({ fixtures: { server } }, { method, path }) =>
    call(server, method.toUpperCase(), filled(path)),
  '401 the access token has expired': async ({ fixtures }, operation) => {
    const sessions = fixtures.server.app.get(SessionTokenService, { strict: false });
    const { token } = await sessions.issue({ userId: fixtures.alice.id, passwordVersion: 1, keyId: undefined }, -1);
    return ask({ fixtures }, operation, (good) => ({ ...good, token }));
  },
};

/** Errors of single operations. */
export const conductorRecipes: Readonly<Record<string, Recipe>> = {
  ...integrationRecipes,
  ...templateRecipes,
  'createToken 400 validation failed': askWithBody(() => ({ keySecret: undefined })),
  'createToken 401 invalid key id or secret': askWithBody(() => ({ keySecret: 'wrong' })),
  'createToken 401 invalid username or password': async ({ fixtures: { server, alice } }, { id }) =>
    send(server, id, { options: { body: { email: alice.email, password: 'wrong' } } }),
  'createToken 429 too many failed log-ins': async ({ strictLogin }, { id }) => {
    const guess: Request = { options: { body: { keyId: 'nobody', keySecret: 'wrong' } } };
    await send(strictLogin, id, guess);
    return send(strictLogin, id, guess);
  },
};
