import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DiskStorage } from '../../src/storage/disk/disk-storage.js';
import { FileUrlSigner } from '../../src/storage/disk/file-url-signer.js';
import { eventually } from '../support/api.js';
import { startFilesApp } from './files-app.js';
import { optionsFor } from './object-fixtures.js';

const content = randomBytes(100_000);
const key = 'owner/greeting/1.0.0.tar.gz';
const now = { time: new Date() };

let directory: string;
let storage: DiskStorage;
let app: NestFastifyApplication;
let baseUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'files-'));
  const urls = new FileUrlSigner(randomBytes(32), () => now.time);
  storage = await DiskStorage.open({ directory, urls });
  ({ app, baseUrl } = await startFilesApp(storage, urls));
  await storage.put(key, Readable.from([content]), optionsFor(content));
  await storage.put('empty', Readable.from([]), optionsFor(Buffer.alloc(0)));
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});
afterEach(() => {
  now.time = new Date();
});

const url = (of = key, filename = 'greeting-1.0.0.tar.gz') =>
  storage.downloadUrl(of, { expiresIn: 900, filename, contentType: 'application/gzip', baseUrl });
const read = (headers: Record<string, string> = {}, method = 'GET') => fetch(url(), { headers, method });
const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('GET of a signed address', () => {
  it('answers the bytes with all headers that a download needs', async () => {
    const response = await read({ authorization: 'Bearer nonsense' });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/gzip',
      'content-disposition': 'attachment; filename="greeting-1.0.0.tar.gz"',
      'content-length': '100000',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
      'last-modified': expect.stringMatching(/ GMT$/),
    });
    expect((await bytes(response)).equals(content)).toBe(true);
  });

  it('gives names beyond ASCII in both encodings', async () => {
    const response = await fetch(url(key, 'grüße "1".tar.gz'));
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="gr__e _1_.tar.gz"; filename*=UTF-8''gr%C3%BC%C3%9Fe%20%221%22.tar.gz`,
    );
  });

  it('answers an empty object', async () => {
    const response = await fetch(url('empty'));
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '0', '']);
  });

  it('is 404 for a missing object', async () => {
    const response = await fetch(url('owner/never/1.0.0.tar.gz'));
    expect([response.status, await response.json()]).toEqual([404, { error: 'NOT_FOUND', message: 'file not found' }]);
  });
});

describe('HEAD of a signed address', () => {
  it('answers the same headers and no bytes', async () => {
    const [head, get] = [await read({}, 'HEAD'), await read()];
    expect([head.status, of(head)]).toEqual([200, of(get)]);
    expect([(await bytes(head)).length, (await bytes(get)).length]).toEqual([0, 100_000]);

    function of(response: Response): [string, string][] {
      const others = ['date', 'connection', 'keep-alive'];
      return [...response.headers].filter(([name]) => !others.includes(name));
    }
  });

  it('ignores ranges', async () => {
    const response = await read({ range: 'bytes=0-9' }, 'HEAD');
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '100000']);
  });
});

describe('ranges', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=100-199', 100, 199],
    ['bytes=99990-', 99_990, 99_999],
    ['bytes=-10', 99_990, 99_999],
    ['bytes=-999999', 0, 99_999],
    ['bytes=99999-999999', 99_999, 99_999],
  ])('%s is answered in part', async (range, start, end) => {
    const response = await read({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/100000`);
    expect(response.headers.get('content-length')).toBe(String(end - start + 1));
    expect((await bytes(response)).equals(content.subarray(start, end + 1))).toBe(true);
  });

  it.each(['bytes=100000-', 'bytes=100000-100001', 'bytes=-0'])('%s cannot be satisfied', async (range) => {
    const response = await read({ range });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */100000');
    expect(await response.json()).toMatchObject({ error: 'RANGE_NOT_SATISFIABLE' });
  });

  it.each(['bytes=5-4', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,5-6', 'bytes'])(
    '%s is answered completely',
    async (range) => {
      const response = await read({ range });
      expect([response.status, (await bytes(response)).length]).toEqual([200, 100_000]);
    },
  );

  it('are answered only if If-Range matches', async () => {
    const etag = (await read({}, 'HEAD')).headers.get('etag') ?? '';
    const statuses = [];
    for (const condition of [etag, '"another"', `W/${etag}`, new Date(0).toUTCString()]) {
      const response = await read({ range: 'bytes=0-9', 'if-range': condition });
      await response.arrayBuffer();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([206, 200, 200, 200]);
  });
});

describe('conditions', () => {
  it('answers 304 to a client that has the content', async () => {
    const head = await read({}, 'HEAD');
    const etag = head.headers.get('etag') ?? '';
    for (const tags of [etag, `"a", W/${etag}`, '*']) {
      const response = await read({ 'if-none-match': tags });
      expect([tags, response.status, response.headers.get('etag'), await response.text()]).toEqual([
        tags,
        304,
        etag,
        '',
      ]);
    }
    const since = await read({ 'if-modified-since': head.headers.get('last-modified') ?? '' });
    expect(since.status).toBe(304);
  });

  it('answers the content otherwise', async () => {
    const conditions: Record<string, string>[] = [
      { 'if-none-match': '"another"' },
      { 'if-none-match': '"another"', 'if-modified-since': new Date().toUTCString() },
      { 'if-modified-since': new Date(0).toUTCString() },
      { 'if-modified-since': 'yesterday' },
    ];
    for (const headers of conditions) {
      const response = await read(headers);
      expect([headers, response.status, (await bytes(response)).length]).toEqual([headers, 200, 100_000]);
    }
  });
});

describe('an address with a wrong signature', () => {
  const change: [string, (signed: string) => string][] = [
    ['another key', (signed) => signed.replace('greeting/1', 'greeting/2')],
    [
      'another signature',
      (signed) => signed.replace(/signature=(.)/, (_, digit) => `signature=${digit === '0' ? 1 : 0}`),
    ],
    ['a signature in capitals', (signed) => signed.replace(/signature=[0-9a-f]+/, (text) => text.toUpperCase())],
    ['no signature', (signed) => signed.replace(/&signature=[0-9a-f]+/, '')],
    ['an empty signature', (signed) => signed.replace(/signature=[0-9a-f]+/, 'signature=')],
    ['a signature too many', (signed) => `${signed}&signature=${'0'.repeat(64)}`],
    ['a later end', (signed) => signed.replace(/expires=(\d+)/, 'expires=9$1')],
    ['no end', (signed) => signed.replace(/expires=\d+&/, '')],
    ['another file name', (signed) => signed.replace('filename=greeting', 'filename=goodbye')],
    ['another type', (signed) => signed.replace('application%2Fgzip', 'text%2Fhtml')],
    ['a parameter too many', (signed) => `${signed}&x=1`],
    ['a second query', (signed) => `${signed}?x=1`],
    ['no query', (signed) => signed.replace(/\?.*/, '')],
    ['an encoded slash', (signed) => signed.replace('owner/greeting', 'owner%2Fgreeting')],
    ['a letter encoded', (signed) => signed.replace('owner/', '%6fwner/')],
    ['nothing behind the slash', () => `${baseUrl}/v1/files/`],
  ];

  it.each(change)('is refused: %s', async (_, changed) => {
    const target = changed(url());
    expect(target).not.toBe(url());
    const response = await fetch(target);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: 'FORBIDDEN' });
  });

  it.each([
    '/v1/files/../../etc/passwd',
    '/v1/files/owner/../owner/greeting/1.0.0.tar.gz',
    '/v1/files/%00',
    '/v1/files/%c3%28',
  ])('is refused as it was sent: %s', async (path) => {
    const { search, port } = new URL(url());
    expect(await statusOf(port, `${path}${search}`)).toMatch(/^HTTP\/1\.1 40[03]/);
  });

  it('is refused after its expiry, to the second', async () => {
    now.time = new Date('2026-03-10T15:30:00.999Z');
    const signed = url();
    now.time = new Date('2026-03-10T15:44:59.999Z');
    expect((await fetch(signed, { method: 'HEAD' })).status).toBe(200);
    now.time = new Date('2026-03-10T15:45:00.000Z');
    expect((await fetch(signed)).status).toBe(403);
  });

  it('is refused when another server signed it', async () => {
    const other = new FileUrlSigner(randomBytes(32));
    const signed = other.sign(key, { expiresIn: 900, filename: 'f', contentType: 'application/gzip', baseUrl });
    expect((await fetch(signed)).status).toBe(403);
  });

  /** Clients tidy paths up; this one does not. */
  async function statusOf(port: string, target: string): Promise<string> {
    const socket = net.connect(Number(port), '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) answer += String(chunk);
    return answer.split('\r\n')[0] ?? '';
  }
});

it('there is no such route if objects are not on disk', async () => {
  const elsewhere = await startFilesApp(storage, null);
  const response = await fetch(url().replace(baseUrl, elsewhere.baseUrl));
  await elsewhere.app.close();
  expect([response.status, await response.json()]).toEqual([404, { error: 'NOT_FOUND', message: 'not found' }]);
});

it('closes the file of a client that disconnects, also of one that waits in a pipeline', async () => {
  const large = randomBytes(12 * 1024 * 1024);
  await storage.put('large', Readable.from([large]), optionsFor(large));
  const { pathname, search, port } = new URL(url('large'));
  const request = `GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const sockets = Array.from({ length: 10 }, () => net.connect(Number(port), '127.0.0.1'));
  for (const socket of sockets) {
    socket.pause().on('error', () => undefined);
    socket.write(request + request);
  }
  if (process.platform === 'linux') {
    const opened = await eventually(openFiles, ({ length }) => length >= 10, 20_000);
    expect(opened.length).toBeGreaterThanOrEqual(10);
  }
  for (const socket of sockets) socket.destroy();
  expect(await eventually(openFiles, ({ length }) => length === 0, 20_000)).toEqual([]);
  expect((await bytes(await read())).length).toBe(100_000);

  /** Empty where the system does not tell. */
  async function openFiles(): Promise<string[]> {
    const numbers = await readdir('/proc/self/fd').catch(() => []);
    const paths = await Promise.all(numbers.map((each) => readlink(join('/proc/self/fd', each)).catch(() => '')));
    return paths.filter((path) => path.startsWith(directory));
  }
});
