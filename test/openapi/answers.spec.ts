import * as sdk from '@promptyard/client/index.js';
import * as functions from '@promptyard/client/generated/sdk.gen.js';
import { packageOf } from '../support/packages.js';
import { call, eventually } from '../support/api.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { credentials, document, type DocumentedOperation, mismatches, operations, successesOf } from './document.js';
import { createApiFixtures, type GenericOptions, goodRequests, type OperationId, type Request, type ApiFixtures } from './requests/requests.js';
import { pathOf } from './url.js';

type AnyOperation = (options: GenericOptions & { client: sdk.Client; fetch?: typeof fetch }) => Promise<Outcome>;

interface Outcome {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response?: Response;
}

/** The password in the examples is the administrator's, so that the examples work unchanged. */
const documentedPassword = 'correct horse battery staple';

let server: OpenTestServer;
let fixtures: ApiFixtures;
beforeAll(async () => {
  server = await startOpenTestServer({ ADMIN_PASSWORD: documentedPassword, ALLOW_SIGNUP: 'true' });
  fixtures = await createApiFixtures(server);
});
afterAll(() => server.stop());

it('the client has every operation of the document, and no other', () => {
  expect(Object.keys(functions).filter((name) => name in sdk).sort()).toEqual(operations.map(({ id }) => id).sort());
});

describe.each(operations)('$id', (operation) => {
  const isRead = operation.method === 'get';

  it('answers as documented', async () => {
    const { data, response } = await perform(operation, await requestFor(operation));
    const status = response?.status ?? 0;
    expect(successesOf(operation)).toContain(status);
    const hasBody = response?.headers.has('content-type');
    expect(mismatches(operation, { status, headers: response?.headers ?? new Headers(), body: hasBody ? data : undefined })).toEqual([]);
  });

  if (isRead) {
    it('answers HEAD as it answers GET, without the body', async () => {
      const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => send(operation, method)));
      expect(head?.status).toBe(get?.status);
      expect(head?.text).toBe('');
      expect(head?.headers.get('content-type')).toBe(get?.headers.get('content-type'));
    });
  }

  if ('304' in operation.raw.responses) {
    it('answers 304 to a client that has it already', async () => {
      // The roll-up of downloads of earlier tests changes the answer at some moment.
      const again = await eventually(
        async () => {
          const { headers } = await send(operation, 'GET');
          return send(operation, 'GET', { 'if-none-match': headers.get('etag') ?? '' });
        },
        ({ status }) => status === 304,
        20_000,
      );
      expect(again.status).toBe(304);
      expect(mismatches(operation, { ...again, body: again.text === '' ? undefined : again.text })).toEqual([]);
    });
  }
});

const withExample = operations.flatMap(({ id, raw }) => {
  const example = exampleOf(raw);
  return example ? [{ id, example }] : [];
});

it('every operation that accepts JSON has an example', () => {
  const takeJson = operations.filter(({ raw }) => JSON.stringify(raw.requestBody ?? '').includes('application/json'));
  expect(withExample.map(({ id }) => id)).toEqual(takeJson.map(({ id }) => id));
});

// The example of a new password is taken at its word, and those of log-ins know the old one.
const passwordLast = withExample.toSorted(
  (one, other) => Number(one.id === 'changePassword') - Number(other.id === 'changePassword'),
);

/** Values that an example cannot know, or that another example has used, are taken from the valid request. */
const ownOf: Readonly<Record<string, readonly string[]>> = {
  signUp: ['email'],
  updateCommand: ['command'],
  updateCommandMeta: ['command'],
  setCommandVersion: ['version_id'],
};

function withOwn(fields: readonly string[], example: object | string, good: GenericOptions['body']): object | string {
  if (typeof example === 'string' || typeof good !== 'object') return example;
  return { ...example, ...Object.fromEntries(Object.entries(good).filter(([field]) => fields.includes(field))) };
}

it.each(passwordLast)('the example of $id works', async ({ id, example }) => {
  const operation = operations.find((each) => each.id === id) as DocumentedOperation;
  const { options } = await requestFor(operation);
  const body = Array.isArray(example) ? example : withOwn(ownOf[id] ?? [], example, options.body);
  const { error, response } = await perform(operation, { token: server.adminKey, options: { ...options, body } });
  expect(error).toBeUndefined();
  expect(successesOf(operation)).toContain(response?.status);
});

it('the client returns the tarball behind the redirect, byte for byte', async () => {
  const client = sdk.createClient({ baseUrl: server.url });
  const { name, owner } = fixtures.prompt;
  const { data } = await sdk.downloadVersion({ client, path: { owner, name, version: '1.0.0' }, throwOnError: true });
  expect(Buffer.from(await data.arrayBuffer())).toEqual(await packageOf({ name, version: '1.0.0' }));
});

it('the client distinguishes errors by their code', async () => {
  const client = sdk.createClient({ baseUrl: server.url, auth: fixtures.alice.key });
  const { error } = await sdk.createPrompt({ client, body: { name: 'Not A Slug', description: '' } });
  expect(error?.error).toBe('VALIDATION_ERROR');
  if (error?.error !== 'VALIDATION_ERROR') return;
  expect(error.details.name).toMatch(/^must be /);
});

async function requestFor({ id }: DocumentedOperation): Promise<Request> {
  const make = goodRequests(fixtures)[id as OperationId];
  const request: Request = await make();
  return id === 'login' ? { options: { body: { username: 'admin', password: documentedPassword } } } : request;
}

/** Through the client, with redirects left as the answers that they are. */
function perform({ id }: DocumentedOperation, { token, options }: Request): Promise<Outcome> {
  const client = sdk.createClient({ baseUrl: server.url, auth: token, redirect: 'manual' });
  return (sdk[id as OperationId] as unknown as AnyOperation)({ ...options, client });
}

async function send(operation: DocumentedOperation, method: string, headers: Record<string, string> = {}) {
  const { token, options } = await requestFor(operation);
  return call(server, method, pathOf(operation, options), { ...credentials(operation, token), headers });
}

function exampleOf({ requestBody }: DocumentedOperation['raw']): object | string | undefined {
  if (!requestBody || !('content' in requestBody)) return undefined;
  const { schema, example } = requestBody.content['application/json'] ?? {};
  if (example !== undefined) return example as object | string;
  if (!schema || !('$ref' in schema)) return schema?.example as string | undefined;
  return exampleOfComponent(schema.$ref.split('/').at(-1) ?? '');
}

function exampleOfComponent(name: string): object | undefined {
  const component = document.components?.schemas?.[name];
  return component && 'example' in component ? (component.example as object) : undefined;
}
