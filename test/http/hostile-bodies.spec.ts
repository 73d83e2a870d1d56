import { isConductors, isOpenWebUis, operations, type DocumentedOperation } from '../openapi/document.js';
import { call } from '../support/api.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  prompt = await aPrompt(server, 'attacked').make();
  await send('POST', `${prompt.path}/revisions`, { content: 'Hello {{who}}.' });
});
afterAll(() => server.stop());

const largestAnswer = 128 * 1024;
const send = (method: string, path: string, body?: string | object) => {
  const headers = { 'content-type': 'application/json', 'x-authorization': server.adminKey };
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return call(server, method, path, { token: server.adminKey, headers, body: text });
};

/** Raw bodies that are labelled as JSON: they are templates, and never read as JSON. */
const isRaw = ({ id }: DocumentedOperation) => ['saveTemplate', 'createTemplate'].includes(id);
const takingJson = operations.filter(
  ({ raw, ...operation }) =>
    raw.requestBody &&
    'content' in raw.requestBody &&
    'application/json' in raw.requestBody.content &&
    !isRaw({ raw, ...operation }),
);
const byId = (id: string) => operations.find((operation) => operation.id === id);

/** With unknown ids, because the body is checked first. */
function pathOf({ path }: DocumentedOperation): string {
  return path.replaceAll(/\{\w+\}/g, 'x');
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

describe('a body that nests too deep', () => {
  const refusal = (operation: DocumentedOperation, at: number) => {
    const reason = 'must nest at most 100 levels deep';
    const message = 'the request could not be parsed';
    if (isOpenWebUis(operation)) {
      return [422, { detail: [{ type: 'json_invalid', loc: ['body', at], msg: 'JSON decode error', input: {} }] }];
    }
    return isConductors(operation)
      ? [400, expect.objectContaining({ status: 400, message: `${message}: ${reason}`, retryable: false })]
      : [400, { error: 'BAD_REQUEST', message, details: { body: reason } }];
  };
  type Body = readonly [what: string, body: string, at: number];
  const deep: readonly Body[] = [
    ['101 levels in a field that is not known', `{"x":${nested(100)}}`, 104],
    ['101 levels behind brackets in a text', `["]]]]\\"]]}}",${nested(100)}]`, 113],
  ];
  const large: readonly Body[] = [
    ['1.8 MB of opening brackets', '['.repeat(1_800_000), 100],
    ['1.8 MB of brackets', nested(900_000), 100],
    ['1.8 MB of objects', `${'{"a":'.repeat(257_000)}1${'}'.repeat(257_000)}`, 500],
  ];
  const ofEachProtocol = ['login', 'createToken', 'signIn'];

  it('is tested on every operation that accepts JSON', () => {
    expect(takingJson.length).toBeGreaterThan(30);
  });

  it.each(takingJson.map((operation) => ({ id: operation.id, operation })))(
    'is refused: $id',
    async ({ operation }) => {
      const isLarge = ofEachProtocol.includes(operation.id);
      for (const [what, body, at] of isLarge ? [...deep, ...large] : deep) {
        const answer = await send(operation.method.toUpperCase(), pathOf(operation), body);
        expect([what, answer.status, answer.body]).toEqual([what, ...refusal(operation, at)]);
      }
    },
  );

  it('may nest 100 levels', async () => {
    const answer = await send('POST', '/v1/prompts', `{"name":"deep","description":"","future":${nested(99)}}`);
    expect(answer.status).toBe(201);
  });

  it('may contain any number of brackets side by side and in texts', async () => {
    const many = JSON.stringify({ name: 'wide', description: '', future: [Array(1000).fill([]), '[{'.repeat(1000)] });
    expect((await send('POST', '/v1/prompts', many)).status).toBe(201);
  });

  it.each(['PUT', 'POST'])('is an ordinary template where the body is the template: %s', async (method) => {
    for (const template of ['['.repeat(500_000), nested(300), `{"__proto__":${nested(200)}}`]) {
      const saved = await send(method, '/api/prompts/brackets?description=d&autoIncrement=true', template);
      expect([saved.status, saved.text]).toEqual([200, '']);
      expect((await send('GET', '/api/prompts/brackets')).body.template).toBe(template);
    }
  });
});

describe('keys that reach the prototype of an object', () => {
  const poison =
    '"__proto__":{"polluted":true},"\\u005f_proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
  const isClean = () => (({}) as Record<string, unknown>).polluted === undefined;

  it('are refused on Conductor', async () => {
    const answer = await send('POST', '/api/prompts', `[{"name":"poisoned","template":"x",${poison}}]`);
    expect([answer.status, answer.body.message]).toEqual([400, 'the request could not be parsed']);
    expect(isClean()).toBe(true);
  });

  it('are unknown keys on Open WebUI', async () => {
    const fields = '"command":"poisoned","name":"Poisoned","content":"x"';
    const created = await send('POST', '/api/v1/prompts/create', `{${fields},${poison}}`);
    expect([created.status, created.body.command]).toEqual([200, 'poisoned']);
    expect(isClean()).toBe(true);
  });

  it.each(['data', 'meta'])('are left out of %s on Open WebUI, and the rest is stored', async (field) => {
    const fields = `"command":"poisoned-${field}","name":"Poisoned","content":"x"`;
    const value = `{"kept":{"deep":[{${poison},"also":1}]},${poison}}`;
    const created = await send('POST', '/api/v1/prompts/create', `{${fields},"${field}":${value}}`);
    expect(created.status).toBe(200);
    const { body, text } = await send('GET', `/api/v1/prompts/id/${created.body.id}`);
    expect([body[field], text.includes('polluted')]).toEqual([{ kept: { deep: [{ also: 1 }] } }, false]);
    expect(isClean()).toBe(true);
  });

  it('are not repeated in any error', async () => {
    const answer = await send('POST', '/api/v1/prompts/create', `{${poison},"name":[{${poison}}]}`);
    expect([answer.status, answer.text.includes('polluted')]).toEqual([422, false]);
  });
});

describe('an error', () => {
  const megabyte = 'x'.repeat(1_000_000);
  const keys = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, value]));
  const many = <T>(count: number, item: T) => Array<T>(count).fill(item);

  it.each<[string, string, string, object]>([
    [
      '150 000 values that no variable takes',
      'POST',
      '/v1/prompts/admin/attacked/render',
      { strict: true, variables: keys(150_000, 1) },
    ],
    [
      'a value with a long name',
      'POST',
      '/v1/prompts/admin/attacked/render',
      { strict: true, variables: { [megabyte]: 1 } },
    ],
    [
      '10 000 variables without a name',
      'POST',
      '/v1/prompts/admin/attacked/revisions',
      { content: '', variables: many(10_000, {}) },
    ],
    ['long texts for short ones', 'POST', '/v1/prompts', { name: megabyte, visibility: megabyte }],
    ['templates without a field', 'POST', '/api/prompts', many(1000, {})],
    [
      'lists of wrong words in each template',
      'POST',
      '/api/prompts',
      many(1000, { stopWords: many(900, 1), integrations: many(50, 1) }),
    ],
    ['a large body without a field', 'POST', '/api/v1/prompts/create', { other: megabyte }],
    [
      'a large field',
      'POST',
      '/api/v1/prompts/create',
      { command: [megabyte], data: megabyte.slice(1), name: keys(1000, megabyte.slice(0, 1)) },
    ],
    [
      'a thousand wrong grants',
      'POST',
      '/api/v1/prompts/create',
      { access_grants: many(1000, megabyte.slice(0, 1000)) },
    ],
    ['a large text for an object', 'POST', '/api/v1/auths/signin', [megabyte]],
  ])('is short for %s', async (_what, method, path, body) => {
    const answer = await send(method, path, body);
    expect([400, 422]).toContain(answer.status);
    expect(answer.text.length).toBeLessThan(largestAnswer);
  });

  it('names a hundred fields, and that there are more', async () => {
    const body = { strict: true, variables: keys(150_000, 1) };
    const { details } = (await send('POST', `${prompt.path}/render`, body)).body;
    expect(Object.keys(details)).toHaveLength(101);
    expect(details['variables.key99']).toBe('is not a variable of this prompt');
    expect(details['...']).toBe('there are more problems');
  });

  it('shows the beginning of what was sent on Open WebUI', async () => {
    const { body } = await send('POST', '/api/v1/prompts/create', { command: [megabyte], name: 'N', content: 'C' });
    const [problem] = body.detail as { readonly input: readonly string[] }[];
    expect(problem?.input[0]).toMatch(/^x{900,1000}…$/);
  });
});

it('knows the operations that take a raw template', () => {
  expect([byId('saveTemplate'), byId('createTemplate')]).not.toContain(undefined);
});
