import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { versionKey } from '../../../src/storage/object-keys.js';
import { ObjectStorage } from '../../../src/storage/object-storage.js';
import { asStorageError } from '../../../src/storage/storage.errors.js';
import { type ApiAnswer, call } from '../../support/api.js';
import { aKey } from '../../support/users.js';
import { credentials, type DocumentedOperation } from '../document.js';
import { type GenericOptions, goodRequests, type OperationId, type Request } from '../requests/requests.js';
import { type Prepared, send, type TestServers, type WithFixtures } from '../servers/test-servers.js';
import { pathOf } from '../url.js';

/** Provokes one documented error of an operation and returns the answer. */
export type Recipe = (setting: TestServers, operation: DocumentedOperation) => Promise<ApiAnswer>;

type Change = (good: Request) => Request | Promise<Request>;

/** A valid request with one change. */
export async function ask({ fixtures }: WithFixtures, { id }: DocumentedOperation, change: Change): Promise<ApiAnswer> {
  const good: Request = await goodRequests(fixtures)[id as OperationId]();
  return send(fixtures.server, id, await change(good));
}

export function askWithBody(fields: (setting: TestServers) => object): Recipe {
  return (setting, operation) =>
    ask(setting, operation, ({ token, options }) => ({
      token,
      options: { ...options, body: { ...fieldsOf(options), ...fields(setting) } },
    }));
}

/** The fields of a body; none for a text. */
export function fieldsOf({ body }: GenericOptions): object {
  return typeof body === 'object' ? body : {};
}

export function askWithPath(values: Readonly<Record<string, string>>): Recipe {
  return (setting, operation) =>
    ask(setting, operation, ({ token, options }) => ({ token, options: { ...options, path: { ...options.path, ...values } } }));
}

/** With unknown ids and names. */
export function askForNothing(setting: TestServers, operation: DocumentedOperation): Promise<ApiAnswer> {
  return ask(setting, operation, (good) => ({ ...good, options: withPath(good.options, randomUUID()) }));
}

export async function askWithBoundKey({ fixtures }: TestServers, operation: DocumentedOperation): Promise<ApiAnswer> {
  const token = await aKey(fixtures.server, fixtures.alice.id, { promptId: fixtures.prompt.id });
  return ask({ fixtures }, operation, (good) => ({ ...good, token }));
}

/** For a prompt whose label `production` Alice may not move. */
export const whereProductionIsProtected: Recipe = (setting, operation) =>
  ask(setting, operation, async (good) => {
    const { server, bob } = setting.fixtures;
    const { body } = await call(server, 'GET', `/v1/prompts/${good.options.path?.['id']}`, { token: server.adminKey });
    const url = `/v1/prompts/${String(body['owner_username'])}/${body.name}/labels/production/protection`;
    await call(server, 'PUT', url, { token: server.adminKey, json: { writers: [bob.username] } });
    return good;
  });

/** With the given body in an otherwise valid request. */
export async function sendBody(
  { fixtures }: WithFixtures,
  operation: DocumentedOperation,
  body: string | Buffer,
  contentType: string,
): Promise<ApiAnswer> {
  const { token, options }: Request = await goodRequests(fixtures)[operation.id as OperationId]();
  const path = pathOf(operation, options);
  const headers = { 'content-type': contentType };
  return call(fixtures.server, operation.method.toUpperCase(), path, { ...credentials(operation, token), body, headers });
}

export function onBrokenServer(where: 'withoutDatabase' | 'withoutStore' | 'withUnfitStore'): Recipe {
  return (setting, { id }) => {
    const { server, requests }: Prepared = setting[where];
    return send(server, id, requests[id] ?? { options: {} });
  };
}

/** Puts an object under the key of a version that is not in the database. */
/** A valid request to a server whose object store is full. */
export async function askWithoutRoom({ fixtures }: TestServers, operation: DocumentedOperation): Promise<ApiAnswer> {
  const storage = fixtures.server.app.get(ObjectStorage, { strict: false });
  const put = storage.put.bind(storage);
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  storage.put = () => Promise.reject(asStorageError(full));
  try {
    return await ask({ fixtures }, operation, (good) => good);
  } finally {
    storage.put = put;
  }
}

export function occupy({ fixtures }: TestServers, ownerId: string, promptName: string, version: string): Promise<void> {
  const storage = fixtures.server.app.get(ObjectStorage, { strict: false });
  const bytes = Buffer.from('somebody else’s');
  return storage.put(versionKey({ ownerId, promptName, version }), Readable.from([bytes]), {
    size: bytes.length,
    contentType: 'application/gzip',
    metadata: {},
    ifAbsent: true,
  });
}

/** Whether the operation's body is parsed, so that it can be broken. */
export function takesJson({ raw }: DocumentedOperation): boolean {
  const { requestBody } = raw;
  if (!requestBody || !('content' in requestBody)) return false;
  const { schema } = requestBody.content['application/json'] ?? {};
  // A text travels under this label as well, and no text is broken.
  return schema !== undefined && !('type' in schema && schema.type === 'string');
}

/** With another value for all parameters of the path, except labels, which are validated first. */
export function withPath(options: GenericOptions, value: string): GenericOptions {
  const path = Object.entries(options.path ?? {}).map(([name, good]) => [name, name === 'label' ? good : value]);
  return { ...options, path: Object.fromEntries(path) as GenericOptions['path'] };
}

export function filled(path: string): string {
  return path.replaceAll(/[{}]/g, '');
}

/** With another selection of a revision, in the path, the body or the query, as the operation requires. */
export function select(values: Readonly<Record<string, string | number>>): Recipe {
  return (setting, operation) =>
    ask(setting, operation, ({ token, options }) => {
      const { path = {}, body } = options;
      const inPath = Object.entries(values).filter(([name]) => name in path);
      if (inPath.length > 0) {
        const changed = inPath.map(([name, value]) => [name, String(value)]);
        return { token, options: { ...options, path: { ...path, ...Object.fromEntries(changed) } } };
      }
      const { number: _, ...selection } = values;
      if (operation.id === 'diffRevisions') {
        const [from] = Object.values(selection);
        return { token, options: { ...options, query: { from, to: 1 } } };
      }
      return { token, options: body ? { ...options, body: selection } : { ...options, query: selection } };
    });
}
