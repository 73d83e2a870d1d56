import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { bodyOf, openRawConnection, requestHead, statusOf } from '../support/network/raw-http.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());

const json = { 'content-type': 'application/json' };
const malformed = { error: 'BAD_REQUEST', message: 'the request could not be parsed' };
const post = async (body: string | Buffer, headers: Record<string, string> = json) => {
  const answer = await call(server, 'POST', '/v1/prompts', { token: alice.key, body, headers });
  return [answer.status, answer.body] as const;
};
const invalid = (details: object) => ({ error: 'VALIDATION_ERROR', message: 'validation failed', details });

describe('JSON', () => {
  it.each(['{', '{"name":}', "{'name':1}", '{"name":"a"}}', 'nope', '[1,', '\u0000', '{"a":1,}'])(
    'that is malformed is 400: %s',
    async (body) => {
      expect(await post(body)).toEqual([400, malformed]);
    },
  );

  it.each(['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}'])(
    'that would change what objects are is 400: %s',
    async (body) => {
      expect(await post(body)).toEqual([400, malformed]);
      expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    },
  );

  it.each(['[]', '"text"', '1', 'true', 'null'])('that is not an object is 422: %s', async (body) => {
    const [status, answer] = await post(body);
    expect([status, answer.error, Object.keys(answer.details)]).toEqual([422, 'VALIDATION_ERROR', ['body']]);
  });

  it('is required', async () => {
    const [status, answer] = await post('');
    expect([status, answer]).toEqual([422, invalid({ body: 'is required' })]);
  });

  it('may carry a charset and a byte order mark', async () => {
    const body = `\ufeff${JSON.stringify({ name: 'with-mark', description: 'caf\u00e9 \ud83d\ude00' })}`;
    const [status, answer] = await post(body, { 'content-type': 'application/json; charset=utf-8' });
    expect([status, answer.description]).toEqual([201, 'caf\u00e9 \ud83d\ude00']);
  });

  it('may contain unknown fields', async () => {
    const [status, answer] = await post(JSON.stringify({ name: 'more-fields', description: '', future: { a: 1 } }));
    expect([status, answer.future]).toEqual([201, undefined]);
  });

  it('of 2 MiB is accepted, one byte more is 413', async () => {
    const shell = JSON.stringify({ name: 'large', description: '' });
    const limit = 2 * 1024 * 1024;
    const [status] = await post(shell.padEnd(limit, ' '));
    expect(status).toBe(201);
    const tooLarge = { error: 'PAYLOAD_TOO_LARGE', message: 'payload too large' };
    expect(await post(shell.padEnd(limit + 1, ' '))).toEqual([413, tooLarge]);
  });

  it('that is too large is also refused without Content-Length', async () => {
    const conversation = await openRawConnection(server);
    const head = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    conversation.send(requestHead('POST /v1/auth/login', head));
    const chunk = Buffer.concat([Buffer.from('300000\r\n'), Buffer.alloc(0x300000, ' '), Buffer.from('\r\n')]);
    conversation.send(chunk);
    expect(statusOf(await conversation.waitFor(/\}$/))).toBe(413);
    conversation.close();
  });

  it('reports a thousand mistakes in one field as one', async () => {
    const tags = Array<number>(1000).fill(1);
    const [status, answer] = await post(JSON.stringify({ name: 'many-mistakes', description: '', tags }));
    expect([status, answer]).toEqual([422, invalid({ tags: 'must be at most 50 entries long' })]);
  });

  it('reports each of fifty mistakes by its path', async () => {
    const tags = Array<number>(50).fill(1);
    const [status, { details }] = await post(JSON.stringify({ name: 'many-mistakes', description: '', tags }));
    expect([status, Object.keys(details).length, details['tags.49']]).toEqual([422, 50, 'must be a string']);
  });

  it('names every field that is wrong, each once', async () => {
    const [status, answer] = await post(JSON.stringify({ name: 'No', tags: 'x', visibility: 'secret' }));
    expect(status).toBe(422);
    expect(Object.keys(answer.details).sort()).toEqual(['description', 'name', 'tags', 'visibility']);
    expect(answer.details.description).toBe('is required');
    expect(answer.details.visibility).toBe('must be one of public, private');
  });
});

describe('text that cannot be stored', () => {
  const unstorable = 'must be valid Unicode without NUL characters';

  it.each([
    ['NUL', '"a\\u0000b"'],
    ['half a surrogate pair', '"a\\ud800b"'],
  ])('is 422 in a field: %s', async (_what, text) => {
    const [status, answer] = await post(`{"name":"unstorable","description":${text}}`);
    expect([status, answer]).toEqual([422, invalid({ description: unstorable })]);
  });

  it('is 422 in a tag, a title and an owner', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const [, tagged] = await post('{"name":"unstorable","description":"","tags":["a\\u0000"]}');
    expect(tagged).toEqual(invalid({ 'tags.0': unstorable }));
    const [, owned] = await post('{"name":"unstorable","description":"","owner":"a\\u0000"}');
    expect(owned).toEqual(invalid({ owner: unstorable }));
    const titled = await call(server, 'PATCH', prompt.idPath, { token: alice.key, json: { title: '\0' } });
    expect(titled.body).toEqual(invalid({ title: unstorable }));
  });

  it.each(['with', 'without'])('is 422 when its bytes do not decode, %s Content-Length', async (length) => {
    const bytes = Buffer.concat([
      Buffer.from('{"name":"bytes","description":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    const conversation = await openRawConnection(server);
    const head = { 'content-type': 'application/json', authorization: `Bearer ${alice.key}`, connection: 'close' };
    if (length === 'with') {
      conversation.send(requestHead('POST /v1/prompts', { ...head, 'content-length': bytes.length }));
      conversation.send(bytes);
    } else {
      conversation.send(requestHead('POST /v1/prompts', { ...head, 'transfer-encoding': 'chunked' }));
      conversation.send(
        Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]),
      );
    }
    const answer = await conversation.end();
    expect([statusOf(answer), bodyOf(answer)]).toEqual([422, invalid({ body: 'must be valid UTF-8' })]);
  });

  it.each(['%00', '%ff', '%c3%28', '%', '%zz'])('is 422 in a query: %s', async (text) => {
    for (const name of ['q', 'owner', 'tag']) {
      const { status, body } = await call(server, 'GET', `/v1/prompts?${name}=${text}`);
      expect([status, body]).toEqual([422, invalid({ [name]: unstorable })]);
    }
    expect((await call(server, 'GET', `/v1/prompts?sort=${text}`)).status).toBe(422);
    expect((await call(server, 'GET', `/v1/prompts?limit=${text}`)).status).toBe(422);
  });
});

describe('a query', () => {
  it.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=',
    'limit=ten',
    'limit=1&limit=2',
    'offset=-1',
    'q=a&q=b',
    'sort=random',
  ])('is 422: %s', async (query) => {
    const { status, body } = await call(server, 'GET', `/v1/prompts?${query}`);
    expect([status, Object.keys(body.details)]).toEqual([422, [query.split('=', 1)[0]]]);
  });

  it('reports all its mistakes at once', async () => {
    const { body } = await call(server, 'GET', '/v1/prompts?limit=0&offset=x&sort=y');
    expect(Object.keys(body.details).sort()).toEqual(['limit', 'offset', 'sort']);
  });
});

describe('another content type', () => {
  const unsupported = { error: 'UNSUPPORTED_MEDIA_TYPE', message: 'unsupported media type' };

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('is 415 and names the accepted types: %s', async (type) => {
    const options = { token: alice.key, body: 'x', headers: { 'content-type': type } };
    const { status, body, headers } = await call(server, 'POST', '/v1/prompts', options);
    expect([status, body, headers.get('accept-post')]).toEqual([415, unsupported, 'application/json']);
  });

  it('is 415 if there is none', async () => {
    const conversation = await openRawConnection(server);
    const head = { authorization: `Bearer ${alice.key}`, connection: 'close', 'content-length': 2 };
    conversation.send(`${requestHead('POST /v1/prompts', head)}{}`);
    expect(statusOf(await conversation.end())).toBe(415);
  });
});

describe('an empty body that is labelled as JSON', () => {
  it.each(['GET', 'HEAD'])('counts as no body for %s', async (method) => {
    const conversation = await openRawConnection(server);
    conversation.send(requestHead(`${method} /v1/prompts`, { ...json, connection: 'close', 'content-length': 0 }));
    expect(statusOf(await conversation.end())).toBe(200);
  });

  it('counts as no body for DELETE and for POST without one', async () => {
    const prompt = await aPrompt(server).ownedBy(alice).make();
    const options = { token: alice.key, headers: json };
    expect((await call(server, 'DELETE', prompt.idPath, options)).status).toBe(204);
    const restored = await call(server, 'POST', `${prompt.idPath}/restore`, { ...options, token: server.adminKey });
    expect(restored.status).toBe(200);
  });
});

it('answers bytes that are no HTTP with an error body', async () => {
  const conversation = await openRawConnection(server);
  conversation.send('NONSENSE\r\n\r\n');
  const answer = await conversation.end();
  expect([statusOf(answer), bodyOf(answer)]).toEqual([400, malformed]);
});

it('answers a header that is too long with an error body', async () => {
  const conversation = await openRawConnection(server);
  conversation.send(requestHead('GET /v1/prompts', { 'x-long': 'x'.repeat(40_000) }));
  const answer = await conversation.end();
  const body = { error: 'HEADER_TOO_LARGE', message: 'the request header is too long' };
  expect([statusOf(answer), bodyOf(answer)]).toEqual([431, body]);
});
