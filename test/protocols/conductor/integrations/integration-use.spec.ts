import { isError } from '../../../../src/common/errors/define-error.js';
import { IntegrationNotFound } from '../../../../src/protocols/conductor/integrations/integrations.errors.js';
import { IntegrationsService } from '../../../../src/protocols/conductor/integrations/integrations.service.js';
import { aPrincipal } from '../../../prompts/search/search-database.js';
import { call } from '../../../support/api.js';
import { aGroup } from '../../../support/grants.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startOpenTestServer, type OpenTestServer } from '../../../support/test-server.js';
import { aProvider, ask, saveModel, saveProvider } from './integration-calls.js';

const secret = 'sk-never-seen-again-42';
const base = '/api/integrations/provider';

let server: OpenTestServer;
let user: TestUser;
let integrations: IntegrationsService;
beforeAll(async () => {
  server = await startOpenTestServer();
  user = await aUser(server);
  integrations = server.app.get(IntegrationsService, { strict: false });
});
afterAll(() => server.stop());

const read = (path: string, token = user.key) => ask(server, 'GET', `${base}${path}`, token);

describe('the configuration of a provider', () => {
  it('stays, with its creator, if the provider is saved without one', async () => {
    const configuration = { api_key: secret, endpoint: 'https://models.example/v1' };
    await aProvider(server, 'kept', { configuration });
    await saveProvider(server, 'kept', { type: 'anthropic', enabled: true });
    const { type, configuration: stored } = await integrations.connectionTo(
      { provider: 'kept', model: 'mini' },
      aPrincipal(user.id),
    );
    expect({ type, kept: stored }).toEqual({ type: 'anthropic', kept: configuration });
    const { body } = await read('/kept');
    expect(body).toMatchObject({ type: 'anthropic', modelsCount: 1 });
  });

  it('is replaced completely', async () => {
    await aProvider(server, 'replaced', { configuration: { api_key: secret } });
    await saveProvider(server, 'replaced', { configuration: { endpoint: 'https://models.example/v1' } });
    const { configuration } = await integrations.connectionTo(
      { provider: 'replaced', model: 'mini' },
      aPrincipal(user.id),
    );
    expect(configuration).toEqual({ endpoint: 'https://models.example/v1' });
  });
});

describe('models that a template names', () => {
  const usable = async (models: readonly string[], who: TestUser = user) => {
    const { rows } = await server.database.pool.query<{ id: string }>(`select id from owner where slug = 'workspace'`);
    try {
      await integrations.assertUsable(rows[0]?.id ?? '', models, aPrincipal(who.id));
      return 'usable';
    } catch (error) {
      return isError(error, IntegrationNotFound) ? `404 ${String(error.details?.integration)}` : error;
    }
  };

  it('must exist, be enabled, and be named with both names', async () => {
    await aProvider(server, 'named', { model: 'llama3:8b' });
    await saveModel(server, 'named', 'off', { enabled: false });
    await aProvider(server, 'dark', { enabled: false });
    const asked = [
      [],
      ['named:llama3:8b'],
      ['named:llama3:8b', 'named:off'],
      ['dark:mini'],
      ['named'],
      [':'],
      ['x:y', 'z:z'],
    ];
    expect(await Promise.all(asked.map((models) => usable(models)))).toEqual([
      'usable',
      'usable',
      '404 named:off',
      '404 dark:mini',
      '404 named:',
      '404 :',
      '404 x:y',
    ]);
  });

  it('of a restricted provider are available to its grantees and to administrators', async () => {
    const [named, inGroup] = [await aUser(server), await aUser(server)];
    const group = await aGroup(server, [inGroup]);
    await aProvider(server, 'few', { restricted: true });
    const grant = (subject: object, method = 'POST') =>
      ask(server, method, '/api/auth/authorization', server.adminKey, {
        json: { subject, target: { type: 'INTEGRATION_PROVIDER', id: 'few' }, access: ['READ', 'EXECUTE'] },
      });
    const allowed = async () => Promise.all([user, named, inGroup].map((who) => usable(['few:mini'], who)));
    expect(await allowed()).toEqual(['404 few:mini', '404 few:mini', '404 few:mini']);
    expect([(await read('/few')).status, (await read('/few/integration')).status]).toEqual([404, 404]);
    expect((await read('/few', server.adminKey)).body.restricted).toBe(true);
    expect((await grant({ type: 'USER', id: named.username })).status).toBe(200);
    expect((await grant({ type: 'GROUP', id: group.slug })).status).toBe(200);
    expect(await allowed()).toEqual(['404 few:mini', 'usable', 'usable']);
    const { body } = await ask(server, 'GET', '/api/auth/authorization/INTEGRATION_PROVIDER/few', server.adminKey);
    const both = [
      { type: 'USER', id: named.username },
      { type: 'GROUP', id: group.slug },
    ];
    expect(body).toEqual({ READ: both, EXECUTE: both });
    await grant({ type: 'USER', id: named.username }, 'DELETE');
    await call(server, 'DELETE', `/v1/groups/${group.slug}`, { token: server.adminKey });
    expect(await allowed()).toEqual(['404 few:mini', '404 few:mini', '404 few:mini']);
    await saveProvider(server, 'few', { restricted: false });
    expect(await allowed()).toEqual(['usable', 'usable', 'usable']);
  });

  it('are restricted as soon as there is a grant', async () => {
    await aProvider(server, 'first-grant');
    const named = await aUser(server);
    await ask(server, 'POST', '/api/auth/authorization', server.adminKey, {
      json: {
        subject: { type: 'USER', id: named.username },
        target: { type: 'INTEGRATION_PROVIDER', id: 'first-grant' },
        access: ['EXECUTE'],
      },
    });
    expect([await usable(['first-grant:mini']), await usable(['first-grant:mini'], named)]).toEqual([
      '404 first-grant:mini',
      'usable',
    ]);
  });
});
