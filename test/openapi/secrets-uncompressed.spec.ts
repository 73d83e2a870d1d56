import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { routeConfigOf } from '../../src/common/route-config.decorator.js';
import { handlersByOperation } from '../../src/openapi/documented-operations.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { document, type DocumentedOperation, operations, successesOf } from './document.js';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly prefixItems?: readonly Schema[];
}

/** Names under which an answer could contain a secret: compressed, its length would tell it. */
const secretNames = /token|secret|passw|passphrase|credential|signature|signed|cookie|private|jwt|key|ur[il]$|location/i;

/** Fields with such a name that contain no secret. */
const harmless = [
  ['tarball_url', 'the key of an object, which is no address'],
  ['tags.key', 'the name of a tag of Conductor'],
  ['key', 'the name of a tag of Conductor', 'listTemplateTags'],
  ['profile_image_url', 'the address of a public image'],
  ['token_type', 'the word Bearer'],
  ['key_id', 'the name of a key in the ledger'],
] as const;

let server: OpenTestServer;
beforeAll(async () => {
  server = await startOpenTestServer();
});
afterAll(() => server.stop());

it('compresses every operation that answers with a body, except those whose answer can contain a secret', () => {
  const handlers = handlersByOperation(new DiscoveryService(server.app.get(ModulesContainer)));
  const wrong = operations.flatMap((operation) => {
    const isCompressible = routeConfigOf(handlers.get(operation.id) ?? {}).isCompressible === true;
    const secrets = secretsOf(operation);
    return isCompressible === (secrets.length === 0) ? [] : [{ operation: operation.id, isCompressible, secrets }];
  });
  expect(wrong).toEqual([]);
});

it('finds the operations that hand out tokens, keys and passwords', () => {
  const found = operations.filter((operation) => secretsOf(operation).length > 0).map(({ id }) => id);
  expect(found).toEqual(
    expect.arrayContaining(['login', 'createApiKey', 'createUser', 'createToken', 'getSessionUser', 'signIn', 'signUp']),
  );
});

function secretsOf(operation: DocumentedOperation): string[] {
  const responses = operation.raw.responses as Record<string, { content?: Record<string, { schema?: Schema }> }>;
  const fields = successesOf(operation).flatMap((status) =>
    Object.values(responses[status]?.content ?? {}).flatMap(({ schema }) => fieldsOf(schema ?? {})),
  );
  const isHarmless = (field: string) =>
    harmless.some(
      ([name, _why, of]) => (of === undefined || of === operation.id) && (field === name || field.endsWith(`.${name}`)),
    );
  return fields.filter((field) => secretNames.test(field.split('.').at(-1) ?? '') && !isHarmless(field));
}

/** The paths of all properties, in schemas of any depth. */
function fieldsOf(schema: Schema, seen: readonly string[] = []): string[] {
  const { $ref } = schema;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    const schemas = document.components?.schemas as Record<string, Schema> | undefined;
    return seen.includes(name) ? [] : fieldsOf(schemas?.[name] ?? {}, [...seen, name]);
  }
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    name,
    ...fieldsOf(inner, seen).map((field) => `${name}.${field}`),
  ]);
  const { items, additionalProperties, anyOf, oneOf, allOf, prefixItems } = schema;
  const inner = [items, additionalProperties, anyOf, oneOf, allOf, prefixItems].flat();
  return [...own, ...inner.flatMap((each) => (typeof each === 'object' ? fieldsOf(each, seen) : []))];
}
