import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CliUser } from './run-cli.js';

let server: Server | undefined;
let user: CliUser;
beforeEach(() => {
  user = new CliUser();
});
afterEach(() => {
  user.remove();
  server?.close();
  server?.closeAllConnections();
});

/** Answers of servers that a test cannot start: a proxy, a busy server, a broken one. */
async function answering(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const result = { items: [], query: '', limit: 20, offset: 0 };

it('reports an unreachable server with its own exit code', async () => {
  const url = await answering(() => undefined);
  await new Promise((done) => server?.close(done));
  const { code, stderr } = await user.run(['search', '--url', url]);
  expect({ code, stderr }).toEqual({
    code: 6,
    stderr: expect.stringMatching(/no server listens there\n.*PROMPTYARD_URL/),
  });
  const asJson = await user.run(['search', '--url', url, '--json']);
  expect({ ...asJson, stdout: JSON.parse(asJson.stdout) }).toEqual({
    code: 6,
    stderr: '',
    stdout: { error: { code: 'UNREACHABLE', message: expect.any(String), hint: expect.any(String) } },
  });
});

it.each([
  ['a page', 200, '<html>Welcome</html>'],
  ['other JSON', 200, '{"items": [1]}'],
  ['an error of somebody else', 502, 'Bad Gateway'],
])('does not accept %s as an answer of Promptyard', async (_, status, body) => {
  const url = await answering((_request, response) => response.writeHead(status).end(body));
  const { code, stderr } = await user.run(['search', '--url', url]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Check the address') });
});

it.each([429, 503])('retries after %d as the server says', async (status) => {
  let asked = 0;
  const url = await answering((_request, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(status, { 'retry-after': '0' }).end('{"error":"BUSY","message":"busy"}');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  });
  const { code, stderr } = await user.run(['search', '--url', url]);
  expect({ code, asked, stderr }).toEqual({
    code: 0,
    asked: 2,
    stderr: expect.stringContaining('asking again in 0 s'),
  });
});

it('limits the number of retries and their delay', async () => {
  let asked = 0;
  let wait = '0';
  const url = await answering((_request, response) => {
    asked += 1;
    response.writeHead(503, { 'retry-after': wait }).end('{"error":"OVERLOADED","message":"too busy"}');
  });
  expect((await user.run(['search', '--url', url])).code).toBe(1);
  expect(asked).toBe(4);
  wait = '3600';
  const { stderr } = await user.run(['search', '--url', url]);
  expect({ asked, stderr }).toEqual({ asked: 5, stderr: expect.stringMatching(/too busy\n.*in 3600 s/) });
});

it('never repeats a request that changes something', async () => {
  let asked = 0;
  const url = await answering((_request, response) => {
    asked += 1;
    response.writeHead(503, { 'retry-after': '0' }).end('{"error":"OVERLOADED","message":"too busy"}');
  });
  const { code } = await user.run(['label', 'move', 'a/b', 'staging', '1', '--url', url]);
  expect({ code, asked }).toEqual({ code: 1, asked: 1 });
});

it('shows every invalid field, without control characters', async () => {
  const problem = {
    error: 'VALIDATION_ERROR',
    message: 'not\u001b[2J valid',
    details: { name: 'is bad\u0007', tags: ['x'] },
  };
  const url = await answering((_request, response) => response.writeHead(422).end(JSON.stringify(problem)));
  const { stderr } = await user.run(['search', '--url', url]);
  expect(stderr).toBe('promptyard: not\ufffd[2J valid\n  name: is bad\ufffd\n  tags: ["x"]\n');
});

it('succeeds when the reader of its output closes the pipe', async () => {
  const item = {
    id: '1',
    name: 'x',
    description: 'long '.repeat(200),
    owner_username: 'a',
    visibility: 'public',
    tags: [],
    download_count: 0,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  };
  const many = JSON.stringify({ ...result, items: Array.from({ length: 1000 }, () => item) });
  const url = await answering((_request, response) => response.end(many));
  const command = `"${process.execPath}" packages/cli/dist/main.js search --url ${url} | head -n 1`;
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((done) =>
    execFile('/bin/sh', ['-c', command], (_error, out, errors) => done({ stdout: out, stderr: errors })),
  );
  expect({ lines: stdout.split('\n').length, stderr }).toEqual({ lines: 2, stderr: '' });
});

it("removes control characters of a server's answers on a terminal", async () => {
  const steer = '\u001b]0;mine\u0007\u001b[2J';
  const version = { id: 'x', version: `1.0.0${steer}`, created_at: steer, sha256: steer, size: 1 };
  const url = await answering((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items: [version] }));
  });
  const { code, stdout } = await user.run(['versions', 'a/b', '--url', url]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1.0.0') });
  expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
});
