import { call } from '../support/api.js';
import { aUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { onDisk, startTestServer, type TestServer } from '../support/test-server.js';

const limit = 3;

interface Case {
  readonly trusts: string;
  /** The `X-Forwarded-For` of the nth request. */
  readonly forwarded: (n: number) => string;
  readonly callers: 'one' | 'many';
}

const cases: readonly (Case & { readonly title: string })[] = [
  { title: 'unset, any header', trusts: '', forwarded: (n) => `192.0.2.${n}`, callers: 'one' },
  { title: 'false, any header', trusts: 'false', forwarded: (n) => `192.0.2.${n}`, callers: 'one' },
  { title: 'true, what one proxy added', trusts: 'true', forwarded: (n) => `192.0.2.${n}`, callers: 'many' },
  {
    title: 'true, what the client says',
    trusts: 'true',
    forwarded: (n) => `203.0.113.${n}, 192.0.2.1`,
    callers: 'one',
  },
  { title: '1, what the client says', trusts: '1', forwarded: (n) => `203.0.113.${n},192.0.2.1`, callers: 'one' },
  { title: '2, what two proxies added', trusts: '2', forwarded: (n) => `192.0.2.${n}, 10.0.0.1`, callers: 'many' },
  {
    title: '2, what the client says',
    trusts: '2',
    forwarded: (n) => `203.0.113.${n}, 192.0.2.1, 10.0.0.1`,
    callers: 'one',
  },
  { title: 'a network, from it', trusts: 'loopback', forwarded: (n) => `192.0.2.${n}`, callers: 'many' },
  {
    title: 'a network, what the client says',
    trusts: '127.0.0.1,10.0.0.0/8',
    forwarded: (n) => `203.0.113.${n}, 192.0.2.1, 10.1.2.3`,
    callers: 'one',
  },
  { title: 'a network, from elsewhere', trusts: '10.0.0.0/8', forwarded: (n) => `192.0.2.${n}`, callers: 'one' },
  { title: '1, an address with a port', trusts: '1', forwarded: (n) => `192.0.2.1:${40_000 + n}`, callers: 'one' },
  { title: '1, IPv6 with a port', trusts: '1', forwarded: (n) => `[2001:db8::1]:${40_000 + n}`, callers: 'one' },
  { title: '1, addresses of one IPv6 network', trusts: '1', forwarded: (n) => `2001:db8::${n}:1`, callers: 'one' },
  { title: '1, several IPv6 networks', trusts: '1', forwarded: (n) => `2001:db8:0:${n}::1`, callers: 'many' },
  {
    title: '1, an address in both families',
    trusts: '1',
    forwarded: (n) => (n % 2 ? '192.0.2.1' : '::ffff:192.0.2.1'),
    callers: 'one',
  },
];

it.each(cases)('TRUST_PROXY $title: $callers', async ({ trusts, forwarded, callers }) => {
  const server = await startTestServer({ ...onDisk, TRUST_PROXY: trusts, RATE_LIMIT_PER_MINUTE: String(limit) });
  const statuses: number[] = [];
  for (let n = 1; n <= limit + 1; n += 1) {
    const answer = await call(server, 'GET', '/v1/prompts', { headers: { 'x-forwarded-for': forwarded(n) } });
    statuses.push(answer.status);
  }
  const last = callers === 'one' ? 429 : 200;
  expect(statuses).toEqual([...Array<number>(limit).fill(200), last]);
  await server.stop();
});

describe('the address of a download', () => {
  const forwarded = { 'x-forwarded-host': 'prompts.example', 'x-forwarded-proto': 'https' };
  const ofProxy = 'https://prompts.example';

  async function originFor(server: TestServer, headers: Record<string, string>) {
    const prompt = await aPrompt(server)
      .ownedBy(await aUser(server))
      .withVersion('1.0.0')
      .make();
    const answer = await call(server, 'GET', `${prompt.path}/versions/1.0.0/download`, { headers });
    return new URL(answer.headers.get('location') ?? '').origin;
  }

  it.each([
    { trusts: '', headers: forwarded, isOfProxy: false },
    { trusts: '10.0.0.0/8', headers: forwarded, isOfProxy: false },
    { trusts: '1', headers: forwarded, isOfProxy: true },
    { trusts: 'loopback', headers: forwarded, isOfProxy: true },
    {
      trusts: '1',
      headers: { 'x-forwarded-host': 'evil.example, prompts.example', 'x-forwarded-proto': 'http, https' },
      isOfProxy: true,
    },
    { trusts: '1', headers: { 'x-forwarded-proto': 'javascript' }, isOfProxy: false },
  ])(
    'with TRUST_PROXY=$trusts and $headers is that of the proxy: $isOfProxy',
    async ({ trusts, headers, isOfProxy }) => {
      const server = await startTestServer({ ...onDisk, TRUST_PROXY: trusts });
      expect(await originFor(server, headers)).toBe(isOfProxy ? ofProxy : server.url);
      await server.stop();
    },
  );
});
