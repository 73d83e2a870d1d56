import { lastStaleRead } from './support/last-stale-read.js';
import { ServerEnvironment } from './support/server-environment.js';
import { json, send } from './support/registry-client.js';

const shared = '/v1/prompts/admin/shared';
let environment: ServerEnvironment;
let first: Awaited<ReturnType<ServerEnvironment['start']>>['client'];
let second: typeof first;

beforeAll(async () => {
  environment = await ServerEnvironment.open();
  first = (await environment.start()).client;
  second = (await environment.start()).client;
  await first.createPrompt('shared');
  for (const content of ['One', 'Two']) await ask(first, 'POST', `${shared}/revisions`, { content });
});
afterAll(() => environment.close());

function ask(client: typeof first, method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const type: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
  return send(client.url + path, {
    method,
    headers: { ...client.credentials(), ...type, ...headers },
    ...(body ? { body: Buffer.from(JSON.stringify(body)) } : {}),
  });
}

it('answers with the new revision of a moved label, at once on the process of the move and within 200 ms on the other', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { headers } = await ask(second, 'GET', `${shared}/resolve`);
    const held = { 'if-none-match': headers.etag ?? '' };
    expect((await ask(second, 'GET', `${shared}/resolve`, undefined, held)).status).toBe(304);
    const revision = round % 2 === 0 ? 2 : 1;
    await ask(first, 'PUT', `${shared}/labels/production`, { revision });
    const moved = performance.now();
    const here = await ask(first, 'GET', `${shared}/resolve`, undefined, held);
    expect([here.status, (JSON.parse(here.body) as { number: number }).number]).toEqual([200, revision]);
    const lastWrong = await lastStaleRead(
      () => ask(second, 'GET', `${shared}/resolve`, undefined, held),
      ({ status }) => status === 200,
    );
    expect(lastWrong - moved).toBeLessThan(200);
  }
});

it('refuses a revoked key, at once on the process of the revocation and within 200 ms on the other', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id, key } = json(await ask(first, 'POST', '/v1/api-keys', { name: `round ${round}` }));
    const withKey = { authorization: `Bearer ${key}` };
    expect((await ask(second, 'GET', '/v1/me', undefined, withKey)).status).toBe(200);
    await ask(first, 'DELETE', `/v1/api-keys/${id}`);
    const revoked = performance.now();
    expect((await ask(first, 'GET', '/v1/me', undefined, withKey)).status).toBe(401);
    const lastWrong = await lastStaleRead(
      () => ask(second, 'GET', '/v1/me', undefined, withKey),
      ({ status }) => status === 401,
    );
    expect(lastWrong - revoked).toBeLessThan(200);
  }
});
