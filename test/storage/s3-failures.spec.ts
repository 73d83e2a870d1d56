import { randomBytes } from 'node:crypto';
import http, { type RequestListener } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { S3Storage, type S3StorageParts } from '../../src/storage/s3/s3-storage.js';
import { ObjectExists } from '../../src/storage/storage.errors.js';
import { optionsFor } from './object-fixtures.js';

const unavailable = { definition: { code: 'STORAGE_UNAVAILABLE' } };
/** More than a busy machine is ever silent by itself. */
const limits = { connectMs: 60_000, silenceMs: 60_000 };
/** For a store that is silent on purpose. */
const shortLimits = { limits: { connectMs: 500, silenceMs: 500 } };
/** Far more than short limits add up to, far less than one of the others. */
const boundedMs = 20_000;
const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

function storageAt(endpoint: string, parts: Partial<S3StorageParts> = {}): Promise<S3Storage> {
  const access = {
    region: 'us-east-1',
    bucket: 'packages',
    accessKey: 'key',
    secretKey: 'secret',
    forcePathStyle: true,
  };
  return S3Storage.open({ endpoint, publicEndpoint: endpoint, ...access, limits, ...parts });
}

/** Listens on a free port; closing it ends its open connections. */
async function listen(server: net.Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const storeThat = (answers: RequestListener) => listen(http.createServer(answers));
const put = (storage: S3Storage, content = Buffer.from('x'), signal?: AbortSignal) =>
  storage.put('a/b', Readable.from([content]), optionsFor(content, { signal }));

async function everyOperation(storage: S3Storage): Promise<PromiseSettledResult<unknown>[]> {
  return Promise.allSettled([
    put(storage),
    storage.get('a/b'),
    storage.head('a/b'),
    storage.delete('a/b'),
    storage.list('', { limit: 1 }),
  ]);
}

const allUnavailable = Array(5).fill({ status: 'rejected', reason: unavailable });

describe('an object store that does not answer', () => {
  it('is unavailable at once when it does not listen', async () => {
    const server = net.createServer();
    const endpoint = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const storage = await storageAt(endpoint);
    const started = Date.now();
    expect(await everyOperation(storage)).toMatchObject(allUnavailable);
    expect(Date.now() - started).toBeLessThan(boundedMs);
    expect(await storage.probe()).toEqual({
      ok: false,
      checks: [{ name: 'bucket', ok: false, detail: 'ECONNREFUSED' }],
    });
  });

  it('is unavailable in bounded time when it accepts and does not answer', async () => {
    const storage = await storageAt(await listen(net.createServer()), shortLimits);
    const started = Date.now();
    expect(await everyOperation(storage)).toMatchObject(allUnavailable);
    expect(Date.now() - started).toBeLessThan(boundedMs);
  });

  it('fails the self-test in bounded time when it stops answering between two requests', async () => {
    const storage = await storageAt(
      await storeThat((request, response) => {
        if (request.method === 'HEAD') response.writeHead(404).end();
      }),
      shortLimits,
    );
    const started = Date.now();
    const verdict = await storage.probe();
    expect(verdict.checks[0]).toEqual({ name: 'bucket', ok: false, detail: 'ETIMEDOUT' });
    expect(Date.now() - started).toBeLessThan(boundedMs);
  });

  it('is unavailable in bounded time for requests that wait for a connection as well', async () => {
    const storage = await storageAt(await listen(net.createServer()), shortLimits);
    const started = Date.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => storage.head('a/b')));
    expect(outcomes.filter((each) => each.status === 'rejected')).toHaveLength(100);
    expect(Date.now() - started).toBeLessThan(boundedMs);
  });

  it('fails the reader when it stops sending within an object', async () => {
    const storage = await storageAt(
      await storeThat((_, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('half');
      }),
      shortLimits,
    );
    const object = await storage.get('a/b');
    await expect(buffer(object?.body ?? Readable.from([]))).rejects.toMatchObject({
      ...unavailable,
      cause: { code: 'ETIMEDOUT' },
    });
  });

  it('fails the reader when it disconnects within an object', async () => {
    const storage = await storageAt(
      await storeThat((_, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('half');
        setTimeout(() => response.destroy(), 20);
      }),
    );
    const object = await storage.get('a/b');
    await expect(buffer(object?.body ?? Readable.from([]))).rejects.toMatchObject(unavailable);
  });

  it('is not timed out by a slow reader', async () => {
    const content = randomBytes(4 * 1024 * 1024);
    const storage = await storageAt(await storeThat((_, response) => response.end(content)), shortLimits);
    const object = await storage.get('a/b');
    await delay(1_300);
    expect((await buffer(object?.body ?? Readable.from([]))).equals(content)).toBe(true);
  });
});

describe('an abort', () => {
  it('closes the connection and gives its reason', async () => {
    let closed = 0;
    const server = net.createServer((socket) => void socket.on('close', () => closed++).resume());
    const storage = await storageAt(await listen(server));
    const abort = new AbortController();
    const outcomes = Promise.allSettled([
      put(storage, randomBytes(5_000_000), abort.signal),
      storage.get('a/b', { signal: abort.signal }),
    ]);
    await delay(100);
    const reason = new Error('the reservation is lost');
    abort.abort(reason);
    expect(await outcomes).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    for (let waited = 0; closed < 2 && waited < 5_000; waited += 50) await delay(50);
    expect(closed).toBe(2);
  });
});

describe('an object store that answers', () => {
  it.each([401, 403, 500, 503, 507])('%i is unavailable, and its connections stay usable', async (status) => {
    const ports = new Set<number | undefined>();
    const endpoint = await storeThat((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.writeHead(status).end('<Error><Code>Nope</Code></Error>'));
    });
    const storage = await storageAt(endpoint);
    for (let round = 0; round < 5; round++) await expect(put(storage)).rejects.toMatchObject(unavailable);
    await expect(storage.get('a/b')).rejects.toMatchObject(unavailable);
    expect(ports.size).toBe(1);
  });

  it('an invalid answer is unavailable', async () => {
    const page = await storageAt(await storeThat((_, response) => response.end('<html>Welcome to nginx!</html>')));
    await expect(page.list('', { limit: 1 })).rejects.toMatchObject(unavailable);
    await expect(page.get('a/b', { range: { start: 1, end: 2 } })).rejects.toMatchObject(unavailable);
    const noise = await storageAt(await listen(net.createServer((socket) => socket.end('noise\r\n\r\n'))));
    expect(await everyOperation(noise)).toMatchObject(allUnavailable);
  });

  it('412 to a conditional put means that the object exists', async () => {
    const storage = await storageAt(
      await storeThat((request, response) => {
        expect(request.headers['if-none-match']).toBe('*');
        request.resume().on('end', () => response.writeHead(412).end());
      }),
    );
    await expect(put(storage)).rejects.toBeInstanceOf(ObjectExists);
  });

  it('409 to a conditional put is retried until there is a winner', async () => {
    const statuses = [409, 409, 412];
    const bodies: string[] = [];
    const storage = await storageAt(
      await storeThat((request, response) => {
        void buffer(request).then((body) => {
          bodies.push(String(body));
          response.writeHead(statuses.shift() ?? 200).end();
        });
      }),
    );
    await expect(put(storage, Buffer.from('mine'))).rejects.toBeInstanceOf(ObjectExists);
    expect(bodies).toEqual(['mine', 'mine', 'mine']);
  });

  it('a permanent 409 is unavailable', async () => {
    const storage = await storageAt(
      await storeThat((request, response) => void request.resume().on('end', () => response.writeHead(409).end())),
    );
    await expect(put(storage)).rejects.toMatchObject(unavailable);
  });

  it('200 to every put fails the self-test: the store would overwrite releases', async () => {
    const objects = new Map<string, { body: Buffer; purpose: string }>();
    const overwritingStore: RequestListener = (request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      const object = objects.get(path);
      void buffer(request).then((body) => {
        if (request.method === 'PUT')
          objects.set(path, { body, purpose: String(request.headers['x-amz-meta-purpose']) });
        if (request.method === 'DELETE') objects.delete(path);
        if (request.method === 'GET' && !object) response.statusCode = 404;
        if (object) response.setHeader('x-amz-meta-purpose', object.purpose);
        response.end(request.method === 'GET' ? object?.body : undefined);
      });
    };
    const verdict = await (await storageAt(await storeThat(overwritingStore))).probe();
    expect(verdict.ok).toBe(false);
    expect(verdict.checks.at(-1)).toEqual({
      name: 'conditional write',
      ok: false,
      detail: expect.stringContaining('ignores If-None-Match'),
    });
    expect([...objects.keys()].filter((path) => path.includes('probe'))).toEqual([]);
  });
});
