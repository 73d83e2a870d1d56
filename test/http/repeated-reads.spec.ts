import { jest } from '@jest/globals';
import { ResolveService } from '../../src/history/resolve/resolve.service.js';
import { VersionReader } from '../../src/versions/version-reader.js';
import { call, eventually } from '../support/api.js';
import { aRevision, point } from '../support/history.js';
import { sendRaw, statusOf } from '../support/network/raw-http.js';
import { packageOf } from '../support/packages.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { aKey, aUser, sessionOf, type TestUser } from '../support/users.js';

let server: OpenTestServer;
let [owner, stranger]: TestUser[] = [];
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startOpenTestServer({ CORS_ORIGINS: 'https://app.example' });
  [owner, stranger] = [await aUser(server), await aUser(server)];
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

type Headers = Readonly<Record<string, string>>;

const routes = [
  '/resolve',
  '/resolve?label=staging',
  '/resolve?revision=1',
  '/resolve?version=1.0.0',
  '/resolve?version=^1',
  '/versions',
  '/versions/1.0.0/download',
];

let prompts = 0;

async function aReadPrompt(): Promise<TestPrompt> {
  const made = await aPrompt(server, `read-again-and-again-${(prompts += 1)}`)
    .ownedBy(ownerOf())
    .withVersion('1.0.0', '1.1.0')
    .make();
  await aRevision(server, made, ownerOf().key, 'The newest.');
  await point(server, made, ownerOf().key, 'staging', { revision: 2 });
  return made;
}

function ownerOf(): TestUser {
  if (!owner) throw new Error('there is no owner');
  return owner;
}

let spellings = 0;

/** The same path in a spelling that was never requested before, so that no answer to it is cached. */
function newSpelling(path: string): string {
  spellings += 1;
  const encoded = [...prompt.name].map((letter, index) => ((spellings >> index) & 1 ? encode(letter) : letter));
  return path.replace(`/${prompt.name}/`, `/${encoded.join('')}/`);
}

const encode = (letter: string) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A whole answer without what depends on the time. */
async function ask(method: string, path: string, headers: Headers = {}): Promise<string> {
  const answer = await sendRaw(server, `${method} ${path}`, { 'x-request-id': 'the-same', ...headers });
  return answer
    .replace(/\r\ndate: [^\r]+/i, '')
    .replace(/(expires|signature|X-Amz-Date|X-Amz-Credential|X-Amz-Signature)=[^&\r]+/g, '$1=');
}

/** The answer to a request with a new URL, and the one to a request with a URL that was read before. */
async function bothWays(method: string, route: string, headers: Headers = {}): Promise<[string, string]> {
  const path = prompt.path + route;
  await ask('GET', path);
  const repeated = await ask(method, path, headers);
  return [await ask(method, newSpelling(path), headers), repeated];
}

const tagOf = async (route: string) =>
  /\r\netag: ([^\r]+)/.exec(await ask('GET', prompt.path + route))?.[1] ?? '"none"';

describe('a repeated read of a public prompt', () => {
  beforeAll(async () => {
    prompt = await aReadPrompt();
  });

  it.each(routes)('runs neither pipes nor services at %s', async (route) => {
    const services = [
      jest.spyOn(server.app.get(ResolveService, { strict: false }), 'resolve'),
      jest.spyOn(server.app.get(VersionReader, { strict: false }), 'page'),
      jest.spyOn(server.app.get(VersionReader, { strict: false }), 'findDownloadable'),
    ];
    const callsOf = async () => {
      for (const service of services) service.mockClear();
      await ask('GET', prompt.path + route);
      return services.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    };
    // A busy machine hears of changes later, and reads the database then.
    expect(await eventually(callsOf, (calls) => calls === 0)).toBe(0);
  });

  describe.each(['GET', 'HEAD'])('by %s', (method) => {
    it.each(routes)('has the same lines as the first at %s', async (route) => {
      const [first, repeated] = await bothWays(method, route);
      expect(statusOf(first)).toBe(route.endsWith('download') ? 302 : 200);
      expect(repeated).toBe(first);
    });

    it.each(routes)('has the same lines for a page of another origin at %s', async (route) => {
      const [first, repeated] = await bothWays(method, route, { origin: 'https://app.example' });
      expect(first).toMatch(/\r\naccess-control-allow-origin: /);
      expect(repeated).toBe(first);
    });

    it.each(routes)('has the same lines with If-None-Match at %s', async (route) => {
      const tag = await tagOf(route);
      for (const header of [tag, `W/${tag}`, `"other", ${tag}`, '*', '"other"', '']) {
        const [first, repeated] = await bothWays(method, route, { 'if-none-match': header });
        expect(repeated).toBe(first);
      }
    });

    it.each(routes)('has the same lines for every credential at %s', async (route) => {
      const expired = await aKey(server, ownerOf().id, { expiresAt: new Date(Date.now() - 1_000) });
      const tokens = [
        stranger?.key,
        ownerOf().key,
        server.adminKey,
        await sessionOf(server, ownerOf()),
        await aKey(server, ownerOf().id, { isRevoked: true }),
        await aKey(server, ownerOf().id, { scopes: ['prompts:write'] }),
        await aKey(server, ownerOf().id, { ownerId: stranger?.id ?? '' }),
        expired,
        'garbage',
      ];
      for (const authorization of [...tokens.map((token) => `Bearer ${token}`), 'Bearer', 'Basic YTpi', '']) {
        const [first, repeated] = await bothWays(method, route, { authorization });
        expect(repeated).toBe(first);
      }
    });
  });

  it.each([
    '?nothing=1',
    '?nothing=1&nothing=2',
    '?label=%00',
    '?cursor=x',
    '?%ff',
    '?',
    '?=',
    '?revision=1&version=1',
  ])('has the same lines with the query %s', async (query) => {
    for (const route of ['/resolve', '/versions', '/versions/1.0.0/download']) {
      const [first, repeated] = await bothWays('GET', route + query);
      expect(repeated).toBe(first);
    }
  });

  it.each(['/resolve?version=9.9.9', '/resolve?label=nothing', '/versions/9.9.9/download', '/versions/x/download'])(
    'has the same lines where nothing is at %s',
    async (route) => {
      const [first, repeated] = await bothWays('GET', route);
      expect(statusOf(first)).toBeGreaterThanOrEqual(400);
      expect(repeated).toBe(first);
    },
  );

  it('refuses a key as soon as it is revoked', async () => {
    const { body } = await call(server, 'POST', '/v1/api-keys', {
      token: ownerOf().key,
      json: { name: 'short', scopes: ['prompts:read'] },
    });
    const read = () => call(server, 'GET', `${prompt.path}/resolve`, { token: body.key });
    expect((await read()).status).toBe(200);
    await call(server, 'DELETE', `/v1/api-keys/${body.id}`, { token: ownerOf().key });
    expect((await read()).status).toBe(401);
  });
});

describe('a repeated read that is compressed', () => {
  let long: string;
  let longest: number;
  beforeAll(async () => {
    prompt = await aReadPrompt();
    long = 'A long text that compresses well. '.repeat(100);
    longest = (await aRevision(server, prompt, ownerOf().key, long)).number;
    await point(server, prompt, ownerOf().key, 'production', { revision: longest });
  });

  /** Status and headers without those of the time, and the decoded body. */
  async function read(path: string, encoding: string, headers: Headers = {}) {
    const response = await fetch(server.url + path, {
      redirect: 'manual',
      headers: { 'accept-encoding': encoding, 'x-request-id': 'the-same', ...headers },
    });
    const names = [...response.headers].filter(([name]) => name !== 'date');
    return { status: response.status, headers: Object.fromEntries(names), body: await response.text() };
  }

  it.each(['br', 'gzip', 'gzip, br', 'identity', '*', 'x-gzip', 'deflate', 'br;q=0, gzip', ''])(
    'has the same headers and body for the codings %j',
    async (encoding) => {
      const path = `${prompt.path}/resolve`;
      const tag = await tagOf('/resolve');
      for (const headers of [
        {},
        { 'if-none-match': tag },
        { 'if-none-match': `W/${tag}` },
        { 'x-no-compression': 'true' },
      ]) {
        await read(path, encoding);
        const first = await read(newSpelling(path), encoding, headers as Headers);
        expect(await read(path, encoding, headers as Headers)).toEqual(first);
        expect(await read(path, encoding, headers as Headers)).toEqual(first);
      }
      expect(JSON.parse((await read(path, encoding)).body)).toMatchObject({ content: long });
    },
  );

  it('is new after a change', async () => {
    const path = `${prompt.path}/resolve`;
    for (const revision of [longest, 2, longest]) {
      await point(server, prompt, ownerOf().key, 'production', { revision });
      for (const encoding of ['br', 'gzip', 'br']) {
        expect(JSON.parse((await read(path, encoding)).body)).toMatchObject({ number: revision });
      }
    }
  });
});

describe('after a change', () => {
  beforeEach(async () => {
    prompt = await aReadPrompt();
    for (const route of routes) await ask('GET', prompt.path + route);
  });

  const byOwner = (method: string, path: string, json?: unknown) =>
    call(server, method, path, { token: ownerOf().key, json });

  it.each<[string, () => Promise<unknown>]>([
    ['a label is moved', () => point(server, prompt, ownerOf().key, 'production', { revision: 1 })],
    ['a label is deleted', () => byOwner('DELETE', `${prompt.path}/labels/staging`)],
    ['a version is yanked', () => byOwner('PATCH', `${prompt.path}/versions/1.0.0`, { yanked: true, reason: 'Bad.' })],
    ['a version is deprecated', () => byOwner('PATCH', `${prompt.path}/versions/1.0.0`, { deprecated: 'Use 1.1.0.' })],
    ['the highest version is yanked', () => byOwner('PATCH', `${prompt.path}/versions/1.1.0`, { yanked: true })],
    ['the prompt is private', () => byOwner('PATCH', prompt.idPath, { visibility: 'private' })],
    ['the prompt is deleted', () => byOwner('DELETE', prompt.idPath)],
    ['the prompt is renamed', () => byOwner('PATCH', prompt.idPath, { name: `${prompt.name}-renamed` })],
  ])('has the same lines when %s', async (_what, change) => {
    await change();
    for (const route of routes) {
      const path = prompt.path + route;
      const repeated = await ask('GET', path);
      expect(repeated).toBe(await ask('GET', newSpelling(path)));
      const [first, again] = await bothWays('GET', route, { authorization: `Bearer ${ownerOf().key}` });
      expect(again).toBe(first);
    }
  });
});

it('records every repeated download, and none for HEAD', async () => {
  prompt = await aReadPrompt();
  const recorded = async () => {
    const { rows } = await server.database.pool.query('select count(*)::int as n from download where prompt_id = $1', [
      prompt.id,
    ]);
    return rows[0].n as number;
  };
  const path = `${prompt.path}/versions/1.0.0/download`;
  for (let index = 1; index <= 5; index += 1) {
    await ask('GET', path);
    await ask('HEAD', path);
    expect(await recorded()).toBe(index);
  }
});

it('redirects each repeated download to the host that it was sent to', async () => {
  const path = `${prompt.path}/versions/1.0.0/download`;
  for (const host of ['one.test', 'two.test:8080']) {
    const [first, repeated] = await bothWays('GET', '/versions/1.0.0/download', { host });
    expect(repeated).toBe(first);
  }
  expect(statusOf(await ask('GET', path, { host: 'not a host' }))).toBe(400);
});

it('redirects each repeated download to an address that gives the file', async () => {
  const path = `${prompt.path}/versions/1.1.0/download`;
  const archive = await packageOf({ name: prompt.name, version: '1.1.0' });
  for (let index = 0; index < 3; index += 1) {
    const { headers } = await call(server, 'GET', path);
    const file = await fetch(headers.get('location') ?? '');
    expect(Buffer.from(await file.arrayBuffer()).equals(archive)).toBe(true);
  }
});
