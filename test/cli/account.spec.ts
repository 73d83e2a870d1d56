import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { adminPassword, startTestServer, type TestServer } from '../support/test-server.js';
import { writeFolder } from './package/package-folder.js';
import { CliUser } from './run-cli.js';

let server: TestServer;
let user: CliUser;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  user = new CliUser();
});
afterEach(() => user.remove());

const configFile = () => join(user.home, '.config', 'promptyard', 'config.json');
const login = (...more: string[]) =>
  user.run(['login', '--url', server.url, '--username', 'admin', '--password-stdin', ...more], {
    stdin: `${adminPassword}\n`,
  });

async function keysOnServer(): Promise<{ id: string; name: string }[]> {
  const headers = { authorization: `Bearer ${server.adminKey}` };
  const response = await fetch(`${server.url}/v1/api-keys`, { headers });
  return ((await response.json()) as { items: { id: string; name: string }[] }).items;
}

it('stores a key for this machine and never the password, readable by its owner alone', async () => {
  const { code, stdout } = await login();
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('as admin') });
  const text = readFileSync(configFile(), 'utf8');
  expect(text).not.toContain(adminPassword);
  expect(JSON.parse(text)).toEqual({
    current: server.url,
    servers: { [server.url]: { username: 'admin', key: expect.stringMatching(/^pyd_/), keyId: expect.any(String) } },
  });
  expect(statSync(configFile()).mode & 0o777).toBe(0o600);
});

it('shows user and server without the address being given again', async () => {
  await login();
  expect(await user.json(['whoami'])).toMatchObject({ username: 'admin', server: server.url, token_from: 'login' });
});

it('revokes and deletes the key at log-out', async () => {
  await login();
  const { keyId } = JSON.parse(readFileSync(configFile(), 'utf8')).servers[server.url];
  expect((await keysOnServer()).map(({ id }) => id)).toContain(keyId);
  expect(await user.json(['logout'])).toEqual({ server: server.url, revoked: true });
  expect((await keysOnServer()).map(({ id }) => id)).not.toContain(keyId);
  expect(JSON.parse(readFileSync(configFile(), 'utf8'))).toEqual({ servers: {} });
  expect(await user.run(['whoami', '--url', server.url])).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('promptyard login'),
  });
});

it('keeps one key after repeated log-ins', async () => {
  const before = (await keysOnServer()).length;
  for (let time = 0; time < 3; time += 1) await login();
  expect((await keysOnServer()).length).toBe(before + 1);
});

it('accepts an API key from stdin, and does not revoke a key that it did not create', async () => {
  const given = await user.run(['login', '--url', server.url, '--token', '-'], { stdin: `${server.adminKey}\n` });
  expect(given.code).toBe(0);
  expect(await user.json(['whoami'])).toMatchObject({ username: 'admin' });
  expect(await user.json(['logout'])).toEqual({ server: server.url, revoked: false });
  expect((await keysOnServer()).length).toBeGreaterThan(0);
});

it('does not revoke a key that is given again', async () => {
  await login();
  const { key } = JSON.parse(readFileSync(configFile(), 'utf8')).servers[server.url];
  await user.json(['login', '--url', server.url, '--token', key]);
  expect(await user.json(['whoami'])).toMatchObject({ username: 'admin' });
  expect(await user.json(['logout'])).toEqual({ server: server.url, revoked: true });
});

it('stores nothing after a wrong password or key', async () => {
  const wrong = await user.run(['login', '--url', server.url, '--username', 'admin', '--password-stdin'], {
    stdin: 'not the password',
  });
  expect(wrong.code).toBe(4);
  expect((await user.run(['login', '--url', server.url, '--token', 'pyd_wrong'])).code).toBe(4);
  expect(() => statSync(configFile())).toThrow('ENOENT');
});

it('does not wait for input without a terminal', async () => {
  const { code, stderr } = await user.run(['login', '--url', server.url]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--password-stdin') });
});

it('refuses a configuration that it did not write, and says what to do', async () => {
  await login();
  writeFileSync(configFile(), '{"servers": 7}');
  const { code, stderr } = await user.run(['whoami']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/config\.json.*\n.*promptyard login/) });
});

describe('server and token', () => {
  const token = () => ({ PROMPTYARD_TOKEN: server.adminKey });

  it.each([
    ['an address with a slash', (url: string) => `${url}/`],
    ['an address with /v1', (url: string) => `${url}/v1`],
  ])('uses %s', async (_, change) => {
    const env = { PROMPTYARD_URL: change(server.url), ...token() };
    expect(await user.json(['whoami'], { env })).toMatchObject({
      server: server.url,
      token_from: 'PROMPTYARD_TOKEN',
    });
  });

  it('reads the address and the token file of the prompts.dev tool if its own are not set', async () => {
    writeFolder(user.home, { '.prompts/config.json': JSON.stringify({ token: server.adminKey }) });
    const env = { PROMPTS_API_URL: `${server.url}/v1` };
    expect(await user.json(['whoami'], { env })).toMatchObject({
      username: 'admin',
      server: server.url,
      token_from: '~/.prompts/config.json',
    });
  });

  it('prefers its own settings to those of the prompts.dev tool', async () => {
    writeFolder(user.home, { '.prompts/config.json': JSON.stringify({ token: 'of another tool' }) });
    const env = { PROMPTS_API_URL: 'http://127.0.0.1:9/v1', PROMPTYARD_URL: server.url, ...token() };
    expect(await user.json(['whoami'], { env })).toMatchObject({
      server: server.url,
      token_from: 'PROMPTYARD_TOKEN',
    });
  });

  it('never sends a stored token to another server', async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"NOT_FOUND","message":"no"}');
    });
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    try {
      await login();
      writeFolder(user.home, { '.prompts/config.json': JSON.stringify({ token: 'of another tool' }) });
      const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
      await user.run(['whoami', '--url', url]);
      await user.run(['whoami'], { env: { PROMPTYARD_URL: url, PROMPTS_API_URL: server.url } });
      expect(seen).toEqual([undefined, undefined]);
    } finally {
      other.close();
    }
  });

  it.each(['ftp://example.com', 'example', 'http://user:secret@example.com'])('refuses %s', async (url) => {
    const { code, stderr } = await user.run(['whoami', '--url', url]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.not.stringContaining('secret@') });
  });
});
