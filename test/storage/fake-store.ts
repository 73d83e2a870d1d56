import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Environment } from '../../src/config/config.js';

interface StoredObject {
  readonly body: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly lastModified: Date;
}

/** How the store differs from S3. All of it can be changed while it runs. */
export interface StoreFaults {
  /** It ignores `If-None-Match`. */
  overwrites?: boolean;
  /** It denies the right to delete: everywhere, or only where something is. */
  keeps?: 'anything' | 'objects';
  /** It answers deletes with success, and does nothing. */
  pretendsToDelete?: boolean;
  /** It takes signatures for another region than this one for none. */
  region?: string;
  /** It answers signed addresses with this. */
  signedAddresses?: number;
}

/** An S3-compatible store in memory without signature checks, for faults that a real store does not have on demand. */
export class FakeStore {
  readonly faults: StoreFaults = {};
  readonly objects = new Map<string, StoredObject>();
  readonly bucket = `fake-${randomUUID()}`;
  hasBucket = false;
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  static async start(): Promise<FakeStore> {
    const store = new FakeStore();
    store.server.listen(0, '127.0.0.1');
    await once(store.server, 'listening');
    return store;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The settings with which a server uses it. */
  get settings(): Environment {
    return { S3_ENDPOINT: this.endpoint, S3_BUCKET: this.bucket, S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' };
  }

  keysOf(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.endpoint);
    const [, bucket, ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    const body = await buffer(request);
    if (this.refusesSignature(request, response, searchParams)) return;
    if (key === '' && request.method === 'PUT') this.hasBucket = true;
    if (bucket !== this.bucket || !this.hasBucket) return fail(request, response, 404, 'NoSuchBucket');
    if (key === '') return this.answerForBucket(response, searchParams);
    return this.answerForObject(request, response, key, body);
  }

  private refusesSignature(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): boolean {
    const { region, signedAddresses } = this.faults;
    const scope = query.get('X-Amz-Credential') ?? request.headers.authorization ?? '';
    const isForAnother = region !== undefined && !scope.includes(`/${region}/`);
    if (isForAnother) fail(request, response, 400, 'AuthorizationHeaderMalformed', `<Region>${region}</Region>`);
    const isRefused = !isForAnother && query.has('X-Amz-Signature') && signedAddresses !== undefined;
    if (isRefused) fail(request, response, signedAddresses, 'SignatureDoesNotMatch');
    return isForAnother || isRefused;
  }

  private answerForBucket(response: ServerResponse, query: URLSearchParams): void {
    const found = this.keysOf(query.get('prefix') ?? '').map((key) => {
      const { lastModified, body } = this.objects.get(key) as StoredObject;
      return `<Contents><Key>${key}</Key><LastModified>${lastModified.toISOString()}</LastModified><ETag>"x"</ETag><Size>${body.length}</Size></Contents>`;
    });
    response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${found.join('')}</ListBucketResult>`);
  }

  private answerForObject(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    const object = this.objects.get(key);
    const { overwrites, keeps, pretendsToDelete } = this.faults;
    if (request.method === 'PUT') {
      if (object && !overwrites && request.headers['if-none-match'] === '*') {
        return fail(request, response, 412, 'PreconditionFailed');
      }
      const metadata = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
      this.objects.set(key, { body, metadata: Object.fromEntries(metadata) as never, lastModified: new Date() });
      return void response.setHeader('etag', '"x"').end();
    }
    if (request.method === 'DELETE') {
      if (keeps === 'anything' || (keeps === 'objects' && object)) return fail(request, response, 403, 'AccessDenied');
      if (!pretendsToDelete) this.objects.delete(key);
      return void response.writeHead(204).end();
    }
    if (!object) return fail(request, response, 404, 'NoSuchKey');
    const headers = { ...object.metadata, etag: '"x"', 'last-modified': object.lastModified.toUTCString() };
    response.writeHead(200, { ...headers, 'content-length': object.body.length });
    response.end(request.method === 'HEAD' ? undefined : object.body);
  }
}

function fail({ method }: IncomingMessage, response: ServerResponse, status: number, code: string, more = ''): void {
  response.writeHead(status).end(method === 'HEAD' ? undefined : `<Error><Code>${code}</Code>${more}</Error>`);
}
