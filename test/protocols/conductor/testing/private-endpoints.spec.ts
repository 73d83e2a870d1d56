import { jest } from '@jest/globals';
import { isError } from '../../../../src/common/errors/define-error.js';
import { EndpointResolver } from '../../../../src/protocols/conductor/endpoints/endpoint-resolver.js';
import {
  EndpointUnreachable,
  HostServiceEndpoint,
  PrivateModelEndpoint,
} from '../../../../src/protocols/conductor/endpoints/endpoints.errors.js';
import { type Address, NameResolver } from '../../../../src/protocols/conductor/endpoints/name-resolver.js';
import { PinnedFetchClient } from '../../../../src/protocols/conductor/endpoints/pinned-fetch.client.js';
import { isHostService } from '../../../../src/protocols/conductor/endpoints/host-services.js';
import { isPublicAddress } from '../../../../src/protocols/conductor/endpoints/public-address.js';
import { aUser } from '../../../support/users.js';
import { startOpenTestServer, type OpenTestServer } from '../../../support/test-server.js';
import { aProvider, ask, saveProvider } from '../integrations/integration-calls.js';
import { hostServices, refusedAddresses as refused } from './endpoint-addresses.js';
import { ModelServer } from './model-server.js';

const allowed = [
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '223.255.255.255',
  '161.25.255.255',
  '161.27.0.0',
  '166.7.255.255',
  '166.12.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '2606:4700:4700::1111',
  '2606:4700::6810:84e5',
  '2a00:1450:4001:80b::200e',
];

/** A name system that a test writes: each name's answers, one after the other, the last one for ever. */
class ScriptedNames extends NameResolver {
  readonly asked: string[] = [];

  constructor(private readonly answers: Record<string, string[][]>) {
    super();
  }

  resolve(hostname: string): Promise<Address[]> {
    this.asked.push(hostname);
    const left = this.answers[hostname] ?? [];
    const found = left.length > 1 ? left.shift() : left[0];
    if (!found) return Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  }
}

function pinnedBy(names: NameResolver, allowPrivateEndpoints = false): PinnedFetchClient {
  const config = { allowPrivateEndpoints, timeoutSeconds: 1, sealingKey: Buffer.alloc(32) };
  return new PinnedFetchClient(new EndpointResolver(config, names));
}

const post = (signal?: AbortSignal) => ({ method: 'POST', body: '{}', signal });

describe('addresses', () => {
  it.each(refused)('refuses %s', (_, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it.each(hostServices)('refuses the metadata addresses of %s with every setting', (_, ...addresses) => {
    expect(addresses.filter((address) => !isHostService(address))).toEqual([]);
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it.each(['10.0.0.1', '127.0.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fd12:3456::1', '::ffff:10.0.0.1', ...allowed])(
    'does not treat %s as a metadata address',
    (address) => expect(isHostService(address)).toBe(false),
  );

  it.each(allowed)('allows %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('a call', () => {
  let models: ModelServer;
  beforeAll(async () => {
    models = await ModelServer.start();
  });
  afterEach(() => models.reset());
  afterAll(() => models.stop());

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([
    ['a name that leads here', 'inside.example', { 'inside.example': [['127.0.0.1']] }],
    ['a name of which one address leads here', 'mixed.example', { 'mixed.example': [['1.1.1.1', '::1']] }],
    ['a mapped address', '[::ffff:127.0.0.1]', {}],
    ['an address in other words', '0x7f.1', {}],
    ['an address as one number', '2130706433', {}],
  ])('does not go to %s', async (_, host, answers) => {
    const url = new URL(`http://${host}:${models.port}/v1/chat/completions`);
    const error = await failureOf(pinnedBy(new ScriptedNames(answers)).fetch(url, post()));
    expect(isError(error, PrivateModelEndpoint)).toBe(true);
    expect(models.asked).toEqual([]);
  });

  it.each([
    ['168.63.129.16', {}],
    ['[::ffff:a9fe:a9fe]', {}],
    ['2852039166', {}],
    ['metadata.example', { 'metadata.example': [['127.0.0.1', 'fd00:ec2::254']] }],
  ])('does not go to the metadata address %s, even if private endpoints are allowed', async (host, answers) => {
    const pinned = pinnedBy(new ScriptedNames(answers), true);
    const error = await failureOf(pinned.fetch(new URL(`http://${host}:${models.port}/latest`), post()));
    expect(isError(error, HostServiceEndpoint)).toBe(true);
    expect(models.asked).toEqual([]);
  });

  it('goes to the checked address, even if the name changes afterwards', async () => {
    const names = new ScriptedNames({ 'rebinding.example': [['1.1.1.1'], ['127.0.0.1']] });
    const url = new URL(`http://rebinding.example:${models.port}/v1/chat/completions`);
    const error = await failureOf(pinnedBy(names).fetch(url, post(AbortSignal.timeout(1_000))));
    expect(error).toBeInstanceOf(Error);
    expect(names.asked).toEqual(['rebinding.example']);
    expect(models.asked).toEqual([]);
  });

  it('is checked again each time, over a new connection', async () => {
    const other = await ModelServer.start('127.0.0.2', models.port);
    try {
      const names = new ScriptedNames({ 'moving.example': [['127.0.0.1'], ['127.0.0.2']] });
      const url = new URL(`http://moving.example:${models.port}/v1/chat/completions`);
      const pinned = pinnedBy(names, true);
      const input = { ...post(), body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }) };
      const answers = [await pinned.fetch(url, input), await pinned.fetch(url, input)];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect([models.asked.length, other.asked.length]).toEqual([1, 1]);
      expect(models.asked[0]?.headers.host).toBe(`moving.example:${models.port}`);
    } finally {
      await other.stop();
    }
  });

  it('follows no redirect', async () => {
    models.reply = (response) => void response.writeHead(307, { location: '/elsewhere' }).end();
    const url = new URL(`${models.endpoint}/chat/completions`);
    const { status } = await pinnedBy(new ScriptedNames({}), true).fetch(url, post());
    expect([status, models.asked.length]).toEqual([307, 1]);
  });

  it('says why it is refused', async () => {
    const pinned = pinnedBy(new ScriptedNames({}), true);
    const unknown = await failureOf(pinned.fetch(new URL('http://nowhere.example'), post()));
    const closed = await failureOf(pinned.fetch(new URL('http://127.0.0.1:1'), post()));
    expect([unknown, closed].map((error) => isError(error, EndpointUnreachable))).toEqual([true, true]);
    expect([unknown, closed].map((error) => (error as { details: unknown }).details)).toEqual([
      { reason: 'ENOTFOUND' },
      { reason: 'ECONNREFUSED' },
    ]);
  });
});

describe('a server', () => {
  let server: OpenTestServer;
  let models: ModelServer;
  beforeAll(async () => {
    models = await ModelServer.start();
    server = await startOpenTestServer();
  });
  afterAll(async () => {
    await server.stop();
    await models.stop();
  });
  afterEach(() => jest.restoreAllMocks());

  const answerNames = (answers: Record<string, string[][]>) => {
    const names = new ScriptedNames(answers);
    const resolver = server.app.get(NameResolver, { strict: false });
    return jest.spyOn(resolver, 'resolve').mockImplementation((name) => names.resolve(name));
  };
  const message = 'the endpoint is in a private address range, which ALLOW_PRIVATE_MODEL_ENDPOINTS does not allow';

  it.each([
    'http://127.0.0.1:11434/v1',
    'http://localhost:11434/v1',
    'http://LOCALHOST./v1',
    'http://[::1]/v1',
    'http://[::ffff:10.0.0.1]/v1',
    'http://0/v1',
  ])('does not save %s', async (endpoint) => {
    const { status, body } = await saveProvider(server, 'inside', { configuration: { api_key: 'k', endpoint } });
    expect({ status, body }).toEqual({ status: 400, body: expect.objectContaining({ message, retryable: false }) });
    const found = await ask(server, 'GET', '/api/integrations/provider/inside', server.adminKey);
    expect(found.status).toBe(404);
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://168.63.129.16/machine',
    'http://[64:ff9b::a83f:8110]/',
    'http://0xA83F8110',
  ])('does not save %s, and says that no setting helps', async (endpoint) => {
    const { status, body } = await saveProvider(server, 'cloud', { configuration: { api_key: 'k', endpoint } });
    const { message: reason } = HostServiceEndpoint;
    expect({ status, body }).toEqual({
      status: 400,
      body: expect.objectContaining({ message: reason, retryable: false }),
    });
  });

  it('does not save a name with a private address', async () => {
    answerNames({ 'metadata.example': [['1.1.1.1', '10.0.0.1']] });
    const { status } = await saveProvider(server, 'named', { configuration: { endpoint: 'https://metadata.example' } });
    expect(status).toBe(400);
  });

  it('saves a name without an address, and calls it only if that is public', async () => {
    answerNames({ 'later.example': [[], ['127.0.0.1']] });
    const configuration = { api_key: 'k', endpoint: `http://later.example:${models.port}/v1` };
    await aProvider(server, 'later', { configuration });
    const user = await aUser(server);
    const json = { llmProvider: 'later', model: 'mini', prompt: 'Hello' };
    const { status, body } = await ask(server, 'POST', '/api/prompts/test', user.key, { json });
    expect({ status, body }).toEqual({ status: 400, body: expect.objectContaining({ status: 400, message }) });
    expect(models.asked).toEqual([]);
  });

  it.each([
    ['ftp://models.example/v1'],
    ['https://user:secret@models.example/v1'],
    ['https://models.example/v1?key=secret'],
    ['models.example'],
  ])('refuses %s as an endpoint', async (endpoint) => {
    const { status, body } = await saveProvider(server, 'odd', { configuration: { endpoint } });
    expect(status).toBe(400);
    expect(body.message).toMatch(/^configuration\.endpoint must be an http/);
  });
});
