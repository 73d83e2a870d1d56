import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { FastifyInstance } from 'fastify';
import { parse } from 'yaml';
import { renderDocument } from '../../src/admin/write-document.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { document, errorsOf, isConductors, isValidAt, operations } from './document.js';

/** Routes besides the API: the page at `/`, the documentation, and the files of disk storage. */
const undocumented = /^GET \/($|\*|docs|openapi\.(json|yaml)|v1\/files\/)/;

let server: OpenTestServer;
beforeAll(async () => {
  server = await startOpenTestServer();
});
afterAll(() => server.stop());

it('is what `npm run openapi` writes', async () => {
  const { json, yaml } = await renderDocument();
  expect(await readFile('openapi/openapi.json', 'utf8')).toBe(json);
  expect(await readFile('openapi/openapi.yaml', 'utf8')).toBe(yaml);
});

it('is what the server serves, as JSON and as YAML', async () => {
  const [json, yaml] = await Promise.all(['json', 'yaml'].map((type) => fetch(`${server.url}/openapi.${type}`)));
  expect(json?.headers.get('content-type')).toMatch(/^application\/json/);
  expect(yaml?.headers.get('content-type')).toMatch(/yaml/);
  expect(await json?.json()).toEqual(document);
  expect(parse((await yaml?.text()) ?? '')).toEqual(document);
});

it('has every route that the server has, and no other', () => {
  const instance: FastifyInstance = server.app.getHttpAdapter().getInstance();
  const served = routesOf(instance.printRoutes({ commonPrefix: false })).filter((route) => !undocumented.test(route));
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, ':')}`);
  expect(documented.sort()).toEqual(served.sort());
});

it('is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as never);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

it('has no dangling reference', () => {
  const references = JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g) ?? [];
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
});

it('gives each operation a name of its own', () => {
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
});

describe.each(operations)('$id', (operation) => {
  const { raw, method, path } = operation;

  it('has a summary, a tag that is explained, and an answer for success', () => {
    const tags = document.tags?.map(({ name }) => name);
    expect(raw.summary).toMatch(/^[A-Z]/);
    expect(raw.tags).toHaveLength(1);
    expect(tags).toEqual(expect.arrayContaining(raw.tags ?? []));
    expect(Object.keys(raw.responses).some((status) => Number(status) < 400)).toBe(true);
  });

  it('says who may call it', () => {
    const isOpen = raw.security === undefined;
    expect(isOpen).toBe(/^\/(health|metrics|v1\/auth\/login|api\/token$|api\/v1\/auths\/sign)/.test(path));
    const schemes = (raw.security ?? []).flatMap((each) => Object.keys(each));
    expect(schemes).toEqual(schemes.map(() => (isConductors(operation) ? 'conductor' : 'bearer')));
  });

  it('describes each of its parameters', () => {
    for (const parameter of raw.parameters ?? []) {
      expect('$ref' in parameter || parameter.description).toBeTruthy();
    }
  });

  it('gives examples that fulfil their own schemas', () => {
    for (const { status } of errorsOf(operation)) {
      const place = ['paths', path, method, 'responses', String(status), 'content', 'application/json'];
      const { examples } = resolve(`#/${place.map(escape).join('/')}`) as { examples: Record<string, { value: unknown }> };
      for (const { value } of Object.values(examples)) expect(isValidAt([...place, 'schema'], value)).toBe(true);
    }
  });
});

it('is the document that the client is generated from', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptyard-client-'));
  const generator = 'node_modules/@hey-api/openapi-ts/bin/run.js';
  try {
    const env = { ...process.env, CLIENT_FOLDER: folder };
    await promisify(execFile)(process.execPath, [generator, '--no-log-file', '--silent'], { env });
    expect(await contentsOf('packages/client/src/generated')).toEqual(await contentsOf(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** `METHOD /path/:` of every line of Fastify's tree; all parameters look the same. */
function routesOf(tree: string): string[] {
  const trail: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', label = '', methods = ''] = /^((?:[│ ] {3})*)[├└]── (\S+)(?: \((.+)\))?/.exec(line) ?? [];
    if (label === '') return [];
    trail.splice(indent.length / 4, Infinity, label);
    const path = trail.join('').replaceAll(/:[\w|:]+/g, ':');
    const named = methods.split(', ').filter((method) => method !== '' && method !== 'HEAD');
    return named.map((method) => `${method} ${path}`);
  });
}

function escape(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function resolve(reference: string): unknown {
  const segments = reference.replace(/^#\//, '').split('/');
  return segments.reduce<unknown>((place, segment) => {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[key] : undefined;
  }, document);
}

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(contents));
}
