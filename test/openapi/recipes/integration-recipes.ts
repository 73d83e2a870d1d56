import { HostServiceEndpoint, PrivateModelEndpoint } from '../../../src/protocols/conductor/endpoints/endpoints.errors.js';
import { call } from '../../support/api.js';
import { ask, askWithBody, askWithPath, type Recipe } from './asking.js';
import { anAskableProvider, aTemplate, type troubledModels } from '../requests/integration-requests.js';
import { send, type TestServers } from '../servers/test-servers.js';

type Test = Readonly<{ llmProvider: string; model: string }>;

const tryOut = ({ fixtures: { server, alice } }: TestServers, test: Test) =>
  send(server, 'testPrompt', { token: alice.key, options: { body: { prompt: 'Hello.', ...test } } });

/** A test with a model that fails as its name says. */
const on =
  (model: keyof typeof troubledModels): Recipe =>
  async (setting) => {
    const { provider: llmProvider } = await anAskableProvider(setting.fixtures.server, { model });
    return tryOut(setting, { llmProvider, model });
  };

/** The valid request of Alice, with another target. */
const byAlice =
  (target: { readonly type: string; readonly id: string }): Recipe =>
  (setting, operation) =>
    ask(setting, operation, ({ options: { path, body } }) => {
      const options = path ? { path: target } : { body: { ...Object(body), target } };
      return { token: setting.fixtures.alice.key, options };
    });

const noPrompt = { target: { type: 'PROMPT', id: 'not there' } };
const noProvider = { target: { type: 'INTEGRATION_PROVIDER', id: 'nobody' }, access: ['READ'] };
const badProvider = askWithPath({ provider: 'a:b' });

/** Errors of integrations and permissions, and of tests with a model. */
export const integrationRecipes: Readonly<Record<string, Recipe>> = {
  'listIntegrationProviders 400 validation failed': (setting, operation) =>
    ask(setting, operation, (good) => ({ ...good, options: { query: { category: 'x'.repeat(65) } } })),
  'getIntegrationProvider 400 validation failed': badProvider,
  'saveIntegrationProvider 400 validation failed': badProvider,
  [`saveIntegrationProvider 400 ${PrivateModelEndpoint.message}`]: askWithBody(() => ({
    configuration: { endpoint: 'http://127.0.0.1/v1' },
  })),
  [`saveIntegrationProvider 400 ${HostServiceEndpoint.message}`]: askWithBody(() => ({
    configuration: { endpoint: 'http://168.63.129.16/v1' },
  })),
  'deleteIntegrationProvider 400 validation failed': badProvider,
  'listIntegrationModels 400 validation failed': badProvider,
  'getIntegrationModel 400 validation failed': badProvider,
  'saveIntegrationModel 400 validation failed': badProvider,
  'deleteIntegrationModel 400 validation failed': badProvider,
  'listTemplatesOfModel 400 validation failed': badProvider,
  'addTemplateToModel 400 validation failed': askWithPath({ prompt: 'test' }),
  'addTemplateToModel 403 no UPDATE access to the prompt': (setting, operation) =>
    ask(setting, operation, (good) => ({ ...good, token: setting.fixtures.bob.key })),
  'addTemplateToModel 403 the label is protected': async (setting, operation) => {
    const { server, alice, bob } = setting.fixtures;
    const prompt = await aTemplate(server, alice);
    const url = `/v1/prompts/workspace/${prompt}/labels/production/protection`;
    await call(server, 'PUT', url, { token: server.adminKey, json: { writers: [bob.username] } });
    return askWithPath({ prompt })(setting, operation);
  },
  'addTemplateToModel 404 integration not found': askWithPath({ provider: 'nobody' }),
  'getPermissions 400 validation failed': askWithPath({ type: 'ROLE' }),
  'getPermissions 403 admins only': byAlice(noProvider.target),
  'getPermissions 404 prompt not found': askWithPath({ id: 'not there' }),
  'getPermissions 404 integration not found': askWithPath(noProvider.target),
  'grantPermissions 400 validation failed': askWithBody(() => ({ access: [] })),
  'grantPermissions 403 admins only': byAlice(noProvider.target),
  'grantPermissions 404 prompt not found': askWithBody(() => noPrompt),
  'grantPermissions 404 integration not found': askWithBody(() => noProvider),
  'removePermissions 400 validation failed': askWithBody(() => ({ access: ['CREATE'] })),
  'removePermissions 403 admins only': byAlice(noProvider.target),
  'removePermissions 404 prompt not found': askWithBody(() => noPrompt),
  'removePermissions 404 integration not found': askWithBody(() => noProvider),
  'testPrompt 400 validation failed': askWithBody(() => ({ temperature: 'hot' })),
  'testPrompt 400 only integrations of the types openai and anthropic can be tested': async (setting) => {
    const { provider: llmProvider, model } = await anAskableProvider(setting.fixtures.server, { type: 'cohere' });
    return tryOut(setting, { llmProvider, model });
  },
  [`testPrompt 400 ${PrivateModelEndpoint.message}`]: on('is-inside'),
  [`testPrompt 400 ${HostServiceEndpoint.message}`]: on('is-of-the-cloud'),
  'testPrompt 400 the model refused the request': on('refuses'),
  'testPrompt 404 integration not found': askWithBody(() => ({ llmProvider: 'nobody' })),
  'testPrompt 500 the configuration of the integration cannot be decrypted: save it again': async (setting) => {
    const { server } = setting.fixtures;
    const { provider: llmProvider, model } = await anAskableProvider(server);
    await server.database.pool.query(`update integration set configuration = '\\x01' where name = $1`, [llmProvider]);
    return tryOut(setting, { llmProvider, model });
  },
  'testPrompt 502 the endpoint of the model cannot be reached': on('is-away'),
  'testPrompt 502 the provider refuses the credentials of the integration': on('refuses-the-key'),
  'testPrompt 502 the model did not give a usable answer': on('is-broken'),
  'testPrompt 502 the answer of the model is too large': on('is-talkative'),
  'testPrompt 503 the provider of the model takes no more requests at the moment': on('is-busy'),
  'testPrompt 504 the model did not answer in time': on('is-slow'),
};
