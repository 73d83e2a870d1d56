import fc from 'fast-check';
import { Client } from 'minio';
import { attachment } from '../../src/storage/content-disposition.js';
import { type S3Access, S3Clients } from '../../src/storage/s3/s3-client.js';
import { S3UrlSigner } from '../../src/storage/s3/s3-url-signer.js';

const limits = { connectMs: 1, silenceMs: 1 };
const base = { region: 'eu-central-1', accessKey: 'AKIA/EX+AMPLE', secretKey: 'wJalr/K7=', forcePathStyle: true };
const time = new Date('2026-03-10T23:59:59.987Z');

const places: [string, S3Access, string][] = [
  ['path style and a port', { ...base, endpoint: 'http://store.example:9000' }, 'packages'],
  ['path style over TLS', { ...base, endpoint: 'https://store.example' }, 'packages'],
  ['default ports spelled out', { ...base, endpoint: 'http://store.example:80' }, 'packages'],
  ['an address of numbers', { ...base, endpoint: 'http://127.0.0.1:9000' }, 'packages'],
  ['an address of version 6', { ...base, endpoint: 'http://[::1]:9000' }, 'packages'],
  ['virtual hosts', { ...base, forcePathStyle: false, endpoint: 'https://store.example:8443' }, 'packages'],
  ['virtual hosts and a dotted bucket', { ...base, forcePathStyle: false, endpoint: 'https://store.example' }, 'a.b.c'],
  ['Amazon, which has its own rules', { ...base, endpoint: 'https://s3.amazonaws.com' }, 'packages'],
  ['Amazon in an unknown region', { ...base, region: 'moon-1', endpoint: 'https://s3.amazonaws.com' }, 'packages'],
];

const keys = [
  'owner/greeting/1.0.0.tar.gz',
  'ü/ñ 日本/𝒳.tar.gz',
  "a b/c+d&e=f?g#h%41/it's (1)!*~",
  'x'.repeat(1000),
  '-_.~',
];

describe.each(places)('addresses for %s', (_, access, bucket) => {
  let client: Client;
  let signer: S3UrlSigner;
  beforeAll(async () => {
    ({ client } = new S3Clients(access, limits).forCall());
    signer = await S3UrlSigner.forClient(client, { ...access, bucket, now: () => time });
  });

  const both = async (key: string, filename: string, contentType: string, expiresIn: number) => {
    const answer = { 'response-content-disposition': attachment(filename), 'response-content-type': contentType };
    const theirs = await client.presignedGetObject(bucket, key, expiresIn, answer, time);
    return [signer.sign(key, { expiresIn, filename, contentType }), theirs];
  };

  it.each(keys)("are the client's, byte for byte: %j", async (key) => {
    const [ours, theirs] = await both(key, 'greeting "1" ü.tar.gz', 'application/gzip; a="b c"', 900);
    expect(ours).toBe(theirs);
  });

  it("are the client's for any key, name and type", async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(text, text, text, fc.integer({ min: 1, max: 604_800 }), async (...parts) => {
      const [ours, theirs] = await both(...parts);
      expect(ours).toBe(theirs);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

describe('the signing key', () => {
  it('changes with the day', async () => {
    const access = { ...base, endpoint: 'http://store.example:9000' };
    const { client } = new S3Clients(access, limits).forCall();
    const times = ['2026-03-10T23:59:59Z', '2026-03-11T00:00:00Z', '2026-03-10T12:00:00Z'].map(
      (each) => new Date(each),
    );
    let now = time;
    const signer = await S3UrlSigner.forClient(client, { ...access, bucket: 'packages', now: () => now });
    const answer = { 'response-content-disposition': attachment('f'), 'response-content-type': 't' };
    for (const each of times) {
      now = each;
      const theirs = await client.presignedGetObject('packages', 'k', 60, answer, now);
      expect(signer.sign('k', { expiresIn: 60, filename: 'f', contentType: 't' })).toBe(theirs);
    }
  });
});

it.each([0, -1, 604_801, 1.5])('no address is good for %d seconds', async (expiresIn) => {
  const access = { ...base, endpoint: 'http://store.example' };
  const { client } = new S3Clients(access, limits).forCall();
  const signer = await S3UrlSigner.forClient(client, { ...access, bucket: 'packages' });
  expect(() => signer.sign('k', { expiresIn, filename: 'f', contentType: 't' })).toThrow(RangeError);
});

it('an endpoint with a path is refused: the store would not see what was signed', () => {
  expect(() => new S3Clients({ ...base, endpoint: 'https://store.example/s3' }, limits)).toThrow('has no path');
});
