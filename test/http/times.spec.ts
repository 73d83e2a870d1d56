import { document, operations, type DocumentedOperation } from '../openapi/document.js';
import { call } from '../support/api.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  prompt = await aPrompt(server, 'dated').withVersion('1.0.0').make();
});
afterAll(() => server.stop());

interface Schema {
  readonly $ref?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Place {
  readonly operation: DocumentedOperation;
  readonly where: 'query' | 'body';
  readonly name: string;
  readonly format: string;
}

const moments = [
  '2020-01-01T00:00:00+23:59',
  '2020-01-01T00:00:00-23:59',
  '2020-01-01T00:00:00+16:00',
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00+15:00',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59-23:59',
  `2020-01-01T00:00:00.${'1'.repeat(500)}Z`,
  '2020-01-01T00:00:00.123456789Z',
];
const noMoments = [
  '2020-02-30T00:00:00Z',
  '2020-01-01T24:00:00Z',
  '2020-01-01T00:00:60Z',
  '2020-01-01T00:00:00',
  '-2020-01-01T00:00:00Z',
  'infinity',
  'now',
  '-infinity',
  'epoch',
  '0',
];
const days = [
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '2020-02-30',
  'today',
  'infinity',
  '-0001-01-01',
  '10000-01-01',
];

/** Every parameter and every field of a body that is a time or a day. */
const places: readonly Place[] = operations.flatMap((operation) => {
  const parameters = (operation.raw.parameters ?? []) as unknown as readonly {
    name: string;
    in: string;
    schema: Schema;
  }[];
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const content = (operation.raw.requestBody as { content?: Record<string, { schema: Schema }> } | undefined)?.content;
  const body = content?.['application/json']?.schema;
  return [
    ...inQuery.flatMap(({ name, schema }) =>
      formatsOf(schema).map((format): Place => ({ operation, where: 'query', name, format })),
    ),
    ...Object.entries(body ? fieldsOf(body) : {}).flatMap(([name, schema]) =>
      formatsOf(schema).map((format): Place => ({ operation, where: 'body', name, format })),
    ),
  ];
});

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? {});
}

function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> {
  return resolved(schema).properties ?? {};
}

function formatsOf(schema: Schema): string[] {
  const { format = '', anyOf = [], oneOf = [] } = resolved(schema);
  const own = /^date(-time)?$/.test(format) ? [format] : [];
  return [...own, ...[...anyOf, ...oneOf].flatMap(formatsOf)];
}

function ask({ operation, where, name }: Place, value: string) {
  const path = operation.path.replace('{owner}', prompt.owner).replace('{name}', 'dated');
  const token = server.adminKey;
  const others: Record<string, string> = name === 'at' ? { label: 'production' } : {};
  if (where === 'query') {
    const query = new URLSearchParams({ ...others, [name]: value });
    return call(server, operation.method.toUpperCase(), `${path}?${query.toString()}`, { token });
  }
  return call(server, operation.method.toUpperCase(), path, { token, json: { name: 'x', ...others, [name]: value } });
}

it('finds the operations with times', () => {
  const found = places.map(({ operation, name }) => `${operation.id} ${name}`);
  expect(found).toEqual(
    expect.arrayContaining(['resolvePrompt at', 'renderPrompt at', 'createApiKey expires_at', 'listAuditEntries from']),
  );
  expect(found.length).toBeGreaterThan(13);
});

it.each(places.map((place) => ({ title: `${place.name} of ${place.operation.id}`, place })))(
  '$title accepts times at the end of the calendar, and refuses invalid ones',
  async ({ place }) => {
    for (const value of place.format === 'date' ? days : moments) {
      const { status } = await ask(place, value);
      expect([value, [200, 201, 404, 422].includes(status)]).toEqual([value, true]);
    }
    for (const value of place.format === 'date' ? [] : noMoments) {
      const { status, body } = await ask(place, value);
      expect([value, status, body.details[place.name]]).toEqual([value, 422, 'must be an RFC 3339 time']);
    }
  },
);

it.each([
  '0000-01-01 00:00:00+00|1',
  '2020-02-30 00:00:00+00|1',
  '2020-01-01 24:00:00+00|1',
  '2020-01-01 00:00:00.5+00|1',
])('a cursor with a time that the database cannot read is refused: %s', async (text) => {
  const cursor = Buffer.from(text).toString('base64url');
  const { status } = await call(server, 'GET', `${prompt.path}/versions?cursor=${cursor}`);
  expect([200, 422]).toContain(status);
});

it('reads a time with any offset as the same moment', async () => {
  const at = new Date(Date.now() + 60_000);
  const ahead = new Date(at.getTime() + (23 * 60 + 59) * 60_000).toISOString().replace('Z', '+23:59');
  const { body } = await call(server, 'POST', '/v1/api-keys', {
    token: server.adminKey,
    json: { name: 'offset', expires_at: ahead },
  });
  expect(body.expires_at).toBe(at.toISOString());
});
