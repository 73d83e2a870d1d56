import { ModelRefused, ModelTimeout } from '../../../src/protocols/conductor/testing/models.errors.js';
import {
  AnswerTooLarge,
  EndpointUnreachable,
  HostServiceEndpoint,
  PrivateModelEndpoint,
} from '../../../src/protocols/conductor/endpoints/endpoints.errors.js';
import { PinnedFetchClient } from '../../../src/protocols/conductor/endpoints/pinned-fetch.client.js';
import { call } from '../../support/api.js';
import type { TestUser } from '../../support/users.js';
import type { OpenTestServer } from '../../support/test-server.js';
import { aProvider } from '../../protocols/conductor/integrations/integration-calls.js';

let count = 0;
const unique = (word: string) => `${word}-${(count += 1)}`;

/** The failures of a model's endpoint, by the name of the model. It succeeds for any other name. */
export const troubledModels: Readonly<Record<string, () => Response>> = {
  refuses: () => throwError(ModelRefused({ reason: 'too hot' })),
  'refuses-the-key': () => Response.json({ error: { message: 'no such key' } }, { status: 401 }),
  'is-busy': () => Response.json({ error: { message: 'slow down' } }, { status: 429 }),
  'is-broken': () => Response.json({}, { status: 500 }),
  'is-slow': () => throwError(ModelTimeout({ seconds: 60 })),
  'is-talkative': () => throwError(AnswerTooLarge()),
  'is-inside': () => throwError(PrivateModelEndpoint()),
  'is-of-the-cloud': () => throwError(HostServiceEndpoint()),
  'is-away': () => throwError(EndpointUnreachable({ reason: 'ECONNREFUSED' })),
};

function throwError(error: Error): never {
  throw error;
}

/** A provider in the workspace with a model, for which a fake answers. */
export async function anAskableProvider(
  server: OpenTestServer,
  options: { readonly type?: string; readonly model?: string; readonly provider?: string } = {},
): Promise<{ provider: string; model: string }> {
  const { type = 'openai', model = 'mini', provider = unique('provider') } = options;
  const pinned = server.app.get(PinnedFetchClient, { strict: false });
  pinned.fetch = (_url, { body }) => {
    const asked = JSON.parse(String(body)) as { model: string };
    return Promise.resolve().then(troubledModels[asked.model] ?? (() => Response.json(completion(asked.model))));
  };
  await aProvider(server, provider, { type, model, configuration: { api_key: 'k', endpoint: 'https://1.1.1.1/v1' } });
  return { provider, model };
}

function completion(model: string) {
  const message = { role: 'assistant', content: 'Hello, Ada.' };
  return { id: 'c', object: 'chat.completion', created: 1, model, choices: [{ index: 0, message, finish_reason: 'stop' }] };
}

/** A prompt of the workspace that Alice may write. */
export async function aTemplate(server: OpenTestServer, alice: TestUser, name = unique('template')): Promise<string> {
  const headers = { 'x-authorization': alice.key };
  const { status, text } = await call(server, 'PUT', `/api/prompts/${name}?description=d`, { headers, body: 'Hi.' });
  if (status !== 200) throw new Error(`no template: ${text}`);
  return name;
}

interface Example {
  readonly provider: string;
  readonly model: string;
  readonly prompt: string;
}

const examples = new WeakMap<OpenTestServer, Promise<Example>>();

/** The data of the document's examples, created once for each server, so that it is unchanged when it is read twice. */
function exampleOf(server: OpenTestServer, alice: TestUser): Promise<Example> {
  const make = async () => ({
    ...(await anAskableProvider(server, { provider: 'openai', model: 'gpt-5-mini' })),
    prompt: await aTemplate(server, alice, 'support-answer'),
  });
  const known = examples.get(server) ?? make();
  examples.set(server, known);
  return known;
}

/** Valid requests for the operations on integrations, permissions and models. */
export function integrationRequests(server: OpenTestServer, alice: TestUser) {
  const as = (token: string) => <T>(options: T) => Promise.resolve({ token, options });
  const [asAlice, asAdmin] = [as(alice.key), as(server.adminKey)];
  const example = () => exampleOf(server, alice);
  const ofExample = async () => ({ provider: (await example()).provider, model: (await example()).model });
  const authorization = async () => ({
    subject: { type: 'USER' as const, id: alice.username },
    target: { type: 'PROMPT' as const, id: (await example()).prompt },
    access: ['READ' as const, 'UPDATE' as const],
  });
  return {
    listIntegrationProviders: async () => {
      await example();
      return asAlice({ query: { activeOnly: 'true' } });
    },
    getIntegrationProvider: async () => asAlice({ path: { provider: (await example()).provider } }),
    saveIntegrationProvider: () => asAdmin({ path: { provider: unique('provider') }, body: { type: 'anthropic' } }),
    deleteIntegrationProvider: async () =>
      asAdmin({ path: { provider: (await anAskableProvider(server)).provider } }),
    listIntegrationModels: async () => asAlice({ path: { provider: (await example()).provider } }),
    getIntegrationModel: async () => asAlice({ path: await ofExample() }),
    saveIntegrationModel: async () =>
      asAdmin({ path: { ...(await ofExample()), model: 'maxi' }, body: { description: 'Big' } }),
    deleteIntegrationModel: async () => asAdmin({ path: await anAskableProvider(server) }),
    listTemplatesOfModel: async () => {
      const path = await ofExample();
      const url = `/api/integrations/provider/${path.provider}/integration/${path.model}/prompt`;
      const prompt = await aTemplate(server, alice);
      await call(server, 'POST', `${url}/${prompt}`, { headers: { 'x-authorization': alice.key } });
      return asAlice({ path });
    },
    addTemplateToModel: async () => asAlice({ path: { ...(await ofExample()), prompt: await aTemplate(server, alice) } }),
    testPrompt: async () => {
      const { provider: llmProvider, model } = await example();
      return asAlice({ body: { llmProvider, model, prompt: 'Greet ${who}.', promptVariables: { who: 'Ada' } } });
    },
    getPermissions: async () => asAdmin({ path: (await authorization()).target }),
    grantPermissions: async () => asAdmin({ body: await authorization() }),
    removePermissions: async () => asAdmin({ body: await authorization() }),
  };
}
