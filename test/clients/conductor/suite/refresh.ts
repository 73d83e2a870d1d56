import { setTimeout as sleep } from 'node:timers/promises';
import { Driver } from '../driver.js';
import type { PublishedClient } from '../published-client.js';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.js';
import type { PromptView } from '../client-under-test.js';

const tokenSeconds = 2;
const template = '"Dear ${name}" \\\r\n{{x}} é 😀 \\';

/** A server that was not started for this test may issue tokens for an hour. */
export const hasShortTokens = () => Number(process.env.PROMPTYARD_TOKEN_SECONDS ?? tokenSeconds) <= tokenSeconds;

/** The client renews a token that expires between two calls, and its save arrives complete. */
export function itRenewsItsToken({ keepsTokens = false }: PublishedClient, command: readonly string[]): void {
  let server: ServerUnderTest;
  let client: Driver | undefined;
  beforeAll(async () => {
    server = await serverUnderTest({ tokenSeconds });
  });
  afterEach(() => client?.stop());
  afterAll(() => server.stop());

  const start = (...args: string[]) =>
    (client = Driver.start(command, server.url, server.keyId, server.keySecret, ...args));

  it('saves with a new token, byte for byte', async () => {
    const driver = keepsTokens ? start(String(tokenSeconds / 2)) : start();
    await driver.run('list');
    const token = await aToken(server);
    await sleep(tokenSeconds * 1000 + 300);
    expect(await listWith(server, token)).toMatchObject({ status: 401, body: { status: 401, error: 'EXPIRED_TOKEN' } });
    const name = `refreshed-${Date.now()}`;
    await driver.run('save', { name, description: 'of a test', template });
    expect((await driver.run<PromptView>('get', { name })).template).toBe(template);
  });

  if (keepsTokens) {
    it('reports an expired token if the program keeps it for longer', async () => {
      const driver = start();
      await driver.run('list');
      await sleep(tokenSeconds * 1000 + 300);
      const refusal = { status: 401, message: expect.stringContaining('EXPIRED_TOKEN') };
      await expect(driver.run('list')).rejects.toMatchObject(refusal);
    });
  }
}

async function aToken({ url, keyId, keySecret }: ServerUnderTest): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/token`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ keyId, keySecret }),
  });
  return ((await response.json()) as { token: string }).token;
}

async function listWith({ url }: ServerUnderTest, token: string) {
  const response = await fetch(`${url}/api/prompts`, { headers: { 'x-authorization': token } });
  return { status: response.status, body: await response.json() };
}
