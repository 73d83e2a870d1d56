import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { readConfig } from '../../../../src/config/config.js';
import { startServer } from '../../../../src/app/server.js';
import { aUser, type TestUser } from '../../../support/users.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';
import { aProvider, ask, saveModel, saveProvider } from '../integrations/integration-calls.js';
import { answer, ModelServer, send } from './model-server.js';

const apiKey = 'sk-very-secret-0123456789';

let server: TestServer;
let models: ModelServer;
let user: TestUser;

beforeAll(async () => {
  models = await ModelServer.start();
  server = await startTestServer({ ALLOW_PRIVATE_MODEL_ENDPOINTS: 'true', MODEL_TIMEOUT_SECONDS: '1' });
  user = await aUser(server);
  const configuration = { api_key: apiKey, endpoint: models.endpoint };
  await aProvider(server, 'openai', { configuration });
  await aProvider(server, 'anthropic', { type: 'anthropic', model: 'claude-sonnet-4-5', configuration });
  await aProvider(server, 'elsewhere', { type: 'cohere', configuration });
});
afterEach(() => models.reset());
afterAll(async () => {
  await server.stop();
  await models.stop();
});

const input = { llmProvider: 'openai', model: 'mini', prompt: 'Hello ${name}', promptVariables: { name: 'Ada' } };
const test = (more: Readonly<Record<string, unknown>> = {}) =>
  ask(server, 'POST', '/api/prompts/test', user.key, { json: { ...input, ...more } });
const testAnthropic = (more: Readonly<Record<string, unknown>> = {}) =>
  test({ llmProvider: 'anthropic', model: 'claude-sonnet-4-5', ...more });

describe('a good answer', () => {
  it('is the text of an OpenAI-compatible model', async () => {
    const { status, headers, text } = await test();
    expect({ status, text, type: headers.get('content-type') }).toEqual({
      status: 200,
      text: 'HELLO ADA',
      type: 'text/plain; charset=utf-8',
    });
    const [asked] = models.asked;
    expect(asked?.path).toBe('/v1/chat/completions');
    expect(asked?.headers.authorization).toBe(`Bearer ${apiKey}`);
    expect(asked?.body).toMatchObject({ model: 'mini', messages: [{ role: 'user' }] });
  });

  it('is the text of an Anthropic model', async () => {
    const { status, text } = await testAnthropic();
    expect({ status, text }).toEqual({ status: 200, text: 'HELLO ADA' });
    const [asked] = models.asked;
    expect(asked?.path).toBe('/v1/messages');
    expect(asked?.headers).toMatchObject({ 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' });
  });

  it('is returned completely, whatever it contains', async () => {
    const said = '{"a": 1}\r\n  é 🦊 \\n';
    models.reply = (response, { body }) =>
      answer(response, { path: '', headers: {}, body: { ...body, messages: [{ content: said }] } });
    const { text } = await test();
    expect(text).toBe(said.toUpperCase());
  });

  it('is sent to clients that accept only JSON', async () => {
    const headers = { accept: 'application/json' };
    const { status, text } = await ask(server, 'POST', '/api/prompts/test', user.key, { json: input, headers });
    expect({ status, text }).toEqual({ status: 200, text: 'HELLO ADA' });
  });

  it('was requested with the settings of the request', async () => {
    const settings = { temperature: 0.10000000149011612, topP: 0.8999999761581421, maxTokens: 7, stopWords: ['END'] };
    await test({ ...settings, response_format: 'json' });
    await testAnthropic({ maxTokens: 7, stopWords: ['END'], temperature: 0.5 });
    expect(models.asked.map(({ body }) => body)).toEqual([
      expect.objectContaining({
        temperature: settings.temperature,
        top_p: settings.topP,
        max_tokens: 7,
        stop: ['END'],
        response_format: { type: 'json_object' },
      }),
      expect.objectContaining({ max_tokens: 7, stop_sequences: ['END'], temperature: 0.5 }),
    ]);
  });

  it('treats null as left out', async () => {
    const nothing = { temperature: null, topP: null, maxTokens: null, stopWords: null, response_format: null };
    const { status } = await test({ ...nothing, promptVariables: null });
    expect(status).toBe(200);
    expect(Object.keys(models.asked[0]?.body ?? {})).not.toEqual(expect.arrayContaining(['temperature']));
  });

  it('needs no path in the endpoint', async () => {
    const endpoint = new URL(models.endpoint).origin;
    await aProvider(server, 'pathless', { configuration: { endpoint } });
    const { status } = await test({ llmProvider: 'pathless' });
    expect([status, models.asked[0]?.path]).toEqual([200, '/v1/chat/completions']);
  });
});

describe('variables', () => {
  it.each([
    ['are filled in', '${a} and ${b}', { a: 'x', b: 2 }, 'X AND 2'],
    ['are filled with nothing if not given', '[${a}]', {}, '[]'],
    ['are data, not templates', '${a}', { a: '${b} {{c}}', b: 'never' }, '${B} {{C}}'],
    ['of another syntax are text', '{{a}} $${a}', { a: 'x' }, '{{A}} $X'],
  ])('%s', async (_, prompt, promptVariables, text) => {
    expect((await test({ prompt, promptVariables })).text).toBe(text);
  });

  it('must be scalars', async () => {
    const { status, body } = await test({ promptVariables: { name: { first: 'Ada' } } });
    expect({ status, message: body.message }).toEqual({
      status: 400,
      message: 'promptVariables.name must be text, a number, true or false',
    });
    expect(models.asked).toEqual([]);
  });
});

describe('a refusal', () => {
  const says =
    (status: number, message: string, headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      send(response, status, { type: 'error', error: { type: 'x', message, code: 'x' } }, headers);

  it.each([
    [400, 400, 'the model refused the request: too hot'],
    [404, 400, 'the model refused the request: too hot'],
    [401, 502, 'the provider refuses the credentials of the integration: too hot'],
    [403, 502, 'the provider refuses the credentials of the integration: too hot'],
    [429, 503, 'the provider of the model takes no more requests at the moment: too hot'],
    [503, 503, 'the provider of the model takes no more requests at the moment: too hot'],
    [529, 503, 'the provider of the model takes no more requests at the moment: too hot'],
    [500, 502, 'the model did not give a usable answer: too hot'],
  ])('of status %i is answered with %i and the reason, by both protocols', async (given, status, message) => {
    models.reply = says(given, 'too hot');
    for (const answered of [await test(), await testAnthropic()]) {
      const { error: _, ...body } = answered.body;
      expect(answered.status).toBe(status);
      expect(body).toEqual({ status, message, instance: expect.any(String), retryable: status >= 500 });
    }
    expect(models.asked).toHaveLength(2);
  });

  it('for the rate says when to retry', async () => {
    models.reply = says(429, 'slow down', { 'retry-after': '17' });
    expect((await test()).headers.get('retry-after')).toBe('17');
    models.reply = says(429, 'slow down');
    expect((await test()).headers.get('retry-after')).toBe('30');
  });

  it('never contains the key', async () => {
    models.reply = says(401, `Incorrect API key provided: ${apiKey}. Go to your account.`);
    const { body } = await test();
    expect(body.message).toMatch(/: Incorrect API key provided: …\. Go to your account\.$/);
  });

  it.each([
    ['is no JSON', (response: ServerResponse) => void response.end('<html>')],
    ['is another JSON', (response: ServerResponse) => send(response, 200, { hello: 'world' })],
    ['is empty', (response: ServerResponse) => void response.end()],
    ['is an error without words', (response: ServerResponse) => void response.writeHead(500).end()],
    ['redirects', (response: ServerResponse) => void response.writeHead(302, { location: '/v1' }).end()],
    ['is nothing at all', (response: ServerResponse) => void response.destroy()],
    ['stops in the middle', (response: ServerResponse) => void response.write('{"a":', () => response.destroy())],
    ['never ends', (response: ServerResponse) => flood(response)],
  ])('is 502 when the answer %s', async (_, reply) => {
    models.reply = reply;
    for (const { status, body } of [await test(), await testAnthropic()]) {
      expect({ status, retryable: body.retryable }).toEqual({ status: 502, retryable: true });
    }
  });

  it.each([
    ['begins', () => undefined],
    ['goes on', (response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('is 504 when no answer %s in time', async (_, reply) => {
    models.reply = reply;
    const start = performance.now();
    const { status, body } = await test();
    expect({ status, message: body.message }).toEqual({ status: 504, message: 'the model did not answer in time' });
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it('is 502 when the endpoint does not listen', async () => {
    await aProvider(server, 'closed', { configuration: { endpoint: 'http://127.0.0.1:1/v1' } });
    const { status, body } = await test({ llmProvider: 'closed' });
    const message = 'the endpoint of the model cannot be reached: ECONNREFUSED';
    expect({ status, message: body.message }).toEqual({ status: 502, message });
  });
});

describe('a test that cannot be sent', () => {
  it.each([
    ['an unknown provider', { llmProvider: 'nobody' }, 'integration not found: nobody:mini'],
    ['an unknown model', { model: 'maxi' }, 'integration not found: openai:maxi'],
  ])('is 404 for %s', async (_, more, message) => {
    const { status, body } = await test(more);
    expect({ status, message: body.message }).toEqual({ status: 404, message });
  });

  it('is 404 for a disabled provider or model', async () => {
    await aProvider(server, 'off', { enabled: false });
    await aProvider(server, 'half');
    await saveModel(server, 'half', 'mini', { enabled: false });
    expect([(await test({ llmProvider: 'off' })).status, (await test({ llmProvider: 'half' })).status]).toEqual([
      404, 404,
    ]);
  });

  it('is 400 for a type without a client', async () => {
    const { status, body } = await test({ llmProvider: 'elsewhere' });
    expect({ status, message: body.message }).toEqual({
      status: 400,
      message: 'only integrations of the types openai and anthropic can be tested: cohere',
    });
  });

  it.each([
    ['no model', { model: undefined }, /^model is required$/],
    ['a temperature beyond all models', { temperature: 3 }, /^temperature must be at most 2$/],
    ['a template beyond 1 MiB', { prompt: 'é'.repeat(524_289) }, /^prompt must be at most 1048576 bytes$/],
  ])('is 400 for %s', async (_, more, message) => {
    const { status, body } = await test(more);
    expect(status).toBe(400);
    expect(body.message).toMatch(message);
  });

  it('is 500 for a configuration that was encrypted with another key', async () => {
    await aProvider(server, 'sealed', { configuration: { api_key: 'k', endpoint: models.endpoint } });
    await server.database.pool.query(
      `update integration set configuration = (select configuration from integration where name = 'openai')
       where name = 'sealed'`,
    );
    const { status, body } = await test({ llmProvider: 'sealed' });
    expect({ status, message: body.message }).toEqual({
      status: 500,
      message: 'the configuration of the integration cannot be decrypted: save it again',
    });
    expect(models.asked).toEqual([]);
  });
});

it('writes no key into the log, whatever happens', async () => {
  let log = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log += chunk.toString();
      done();
    },
  });
  const config = readConfig({ ...server.environment, LOG_LEVEL: 'trace' });
  const other = await startServer(config, pino({ level: 'trace' }, stream));
  try {
    const echoed = { ...server, url: other.address };
    const configuration = { api_key: apiKey, endpoint: models.endpoint };
    await saveProvider(echoed, 'openai', { configuration });
    models.reply = (response) => send(response, 500, { error: { message: `broken with ${apiKey}` } });
    await ask(echoed, 'POST', '/api/prompts/test', user.key, { json: input });
    models.reply = (response) => send(response, 200, { [apiKey]: apiKey });
    await ask(echoed, 'POST', '/api/prompts/test', user.key, { json: input });
  } finally {
    await other.stop();
  }
  expect(log).toContain('/api/prompts/test');
  expect(log).not.toContain(apiKey);
  expect(log).not.toContain('Hello');
});

/** More than any answer may have, as fast as it is read. */
function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  const more = () => {
    if (!response.destroyed) response.write(chunk, more);
  };
  more();
}
