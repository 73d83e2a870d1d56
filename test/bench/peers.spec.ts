import Fastify, { type FastifyInstance } from 'fastify';
import { readPeerOptions } from '../../bench/peers/options.js';
import { peerTable } from '../../bench/peers/peer-table.js';
import { prepareRegistry } from '../../bench/peers/registry-data.js';

const peer = ['--registry-peer', 'http://127.0.0.1:8080', '--registry-token', 'token'];
const stores = { DATABASE_URL: 'postgres://localhost/a', S3_ENDPOINT: 'http://127.0.0.1:9000', S3_BUCKET: 'bucket' };

describe('the options', () => {
  it('name a peer with its token', () => {
    const { registry, openWebui } = readPeerOptions(peer, stores);
    expect(registry).toEqual({ url: 'http://127.0.0.1:8080', token: 'token' });
    expect(openWebui).toBeUndefined();
  });

  it.each([
    [[], {}, 'give --registry-peer, --open-webui-peer or both'],
    [peer.slice(0, 2), stores, '--registry-peer and --registry-token belong together: one of them is missing'],
    [['--open-webui-peer', 'here', '--open-webui-token', 't'], {}, 'must be a URL that begins with http://'],
    [['--open-webui-peer', 'http://10.0.0.1', '--open-webui-token', 't'], {}, 'must be on this machine'],
    [peer, { S3_BUCKET: 'bucket' }, '--registry-peer needs DATABASE_URL, S3_ENDPOINT'],
    [[...peer, '--rounds', '0'], stores, '--rounds must be a whole number, at least 1'],
  ])('%j with %j are refused', (args, environment, reason) => {
    expect(() => readPeerOptions(args, environment)).toThrow(reason);
  });
});

it('shows the median ratio with its spread, whether the goal is met, and what has no figures', () => {
  const sample = { requests: 10, p50Ms: 1, p95Ms: 2, p99Ms: 3, maxMs: 4 };
  const samples = (rates: readonly number[]) => rates.map((perSecond) => ({ ...sample, perSecond }));
  const scenario = { title: 'Read', connections: 8, goal: 2 };
  const text = peerTable([
    { scenario, result: { product: samples([100, 300, 90]), peer: samples([50, 50, 60]) } },
    { scenario: { ...scenario, title: 'Write' }, reason: 'the disk is full' },
  ]);
  expect(text).toContain(
    '| Read | 8 | **2.00** (1.50-6.00) | 2 met | 100 (90-300) / 50 (50-60) | 1.0 / 1.0 | 2.0 / 2.0 |',
  );
  expect(text).toContain('Write: no figures, the disk is full');
});

describe('the data of a registry', () => {
  let server: FastifyInstance;
  let url: string;
  const requests: string[] = [];

  /** Puts its answers into `data`, and has one prompt of an earlier run. */
  beforeAll(async () => {
    server = Fastify();
    server.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    server.addHook('onRequest', ({ method, url: path }, _reply, done) => {
      requests.push(`${method} ${path}`);
      done();
    });
    server.get('/v1/me', () => ({ data: { username: 'bench' } }));
    server.get('/v1/prompts/bench/upload-07', () => ({ data: { id: 'old' } }));
    server.delete('/v1/prompts/:id', (_request, reply) => reply.code(204).send());
    server.post<{ Body: { name: string } }>('/v1/prompts', ({ body }) => ({ data: { id: `id-${body.name}` } }));
    server.post('/v1/prompts/:id/versions', (_request, reply) => reply.code(201).send({ data: {} }));
    url = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close());

  it('are fifty prompts with ten versions each, half of them for publishing', async () => {
    const { uploads, listed, downloads } = await prepareRegistry({ url, token: 'token' });
    expect(requests.filter((request) => request.startsWith('DELETE'))).toEqual(['DELETE /v1/prompts/old']);
    expect(requests.filter((request) => request === 'POST /v1/prompts/id-upload-30/versions')).toHaveLength(10);
    expect(uploads.map(({ name }) => name)).toEqual(expect.arrayContaining(['upload-00', 'upload-24']));
    expect(uploads.length + listed.length).toBe(50);
    expect(new Set(downloads).size).toBe(250);
    expect(downloads[0]).toMatch(/^\/v1\/prompts\/bench\/upload-25\/versions\/1\.0\.\d{9}\/download$/);
  });
});
