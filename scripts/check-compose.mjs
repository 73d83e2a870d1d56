// Brings docker-compose.yml up as a newcomer would, under a project name and on ports of its own, and uses the server
// from this machine with curl: upload, list, download. Takes everything down again, whatever happens.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const longestStartMs = 120_000;
const project = `promptyard-check-${randomBytes(4).toString('hex')}`;
const folder = mkdtempSync(join(tmpdir(), `${project}-`));
const ports = { server: await freePort(), store: await freePort() };
const origin = `http://localhost:${ports.server}`;
const storeOrigin = `http://localhost:${ports.store}`;

// Only what the check needs: a person's own .env or variables must not change what it proves.
const environment = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ...(process.env.DOCKER_HOST && { DOCKER_HOST: process.env.DOCKER_HOST }),
  PORT: String(ports.server),
  S3_PORT: String(ports.store),
  S3_PUBLIC_ENDPOINT: storeOrigin,
};

/** The image is built on the host's network, so that npm reaches the registry exactly as it does on the host. */
function composeCommand() {
  const override = join(folder, 'host-network.yml');
  writeFileSync(override, 'services:\n  server:\n    build:\n      context: .\n      network: host\n');
  const files = ['--file', 'docker-compose.yml', '--file', override, '--project-name', project];
  const isPlugin = spawnSync('docker', ['compose', 'version'], { env: environment }).status === 0;
  return isPlugin ? ['docker', 'compose', ...files] : ['docker-compose', ...files];
}
const [program, ...programArguments] = composeCommand();

function compose(...args) {
  return run(program, [...programArguments, ...args]);
}

function run(command, args) {
  return execFileSync(command, args, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function curl(...args) {
  return run('curl', ['--silent', '--show-error', '--fail-with-body', ...args]);
}

function assert(condition, problem) {
  if (!condition) throw new Error(problem);
}

function freePort() {
  const { promise, resolve, reject } = Promise.withResolvers();
  const server = createServer().once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
  return promise;
}

async function untilHealthy() {
  const deadline = Date.now() + longestStartMs;
  const ids = compose('ps', '--quiet').trim().split('\n');
  const format = '{{.Name}} is {{.State.Health.Status}} after {{.RestartCount}} restarts';
  for (;;) {
    const states = run('docker', ['inspect', '--format', format, ...ids])
      .trim()
      .split('\n');
    if (states.length === 3 && states.every((state) => state.includes(' is healthy '))) return;
    const isHopeless = Date.now() > deadline || states.some((state) => !state.endsWith(' after 0 restarts'));
    assert(!isHopeless, states.join('\n'));
    await sleep(500);
  }
}

/** The key that the first start wrote where the compose file says it is. */
function firstApiKey() {
  const text = compose('exec', '-T', 'server', 'cat', '/data/first-login.txt');
  const key = /^API key: +(\S+)$/m.exec(text)?.[1];
  assert(key, 'first-login.txt holds no API key');
  return key;
}

function makePackage(name, version) {
  const source = join(folder, 'package');
  mkdirSync(source);
  writeFileSync(join(source, 'prompt.yaml'), `name: ${name}\nversion: ${version}\n`);
  writeFileSync(join(source, 'prompt.md'), 'Hello {{who}}\n');
  const tarball = join(folder, 'package.tar.gz');
  run('tar', ['--create', '--gzip', '--file', tarball, '--directory', source, 'prompt.yaml', 'prompt.md']);
  return tarball;
}

function useTheServer(apiKey) {
  const [name, version] = ['greeting', '1.0.0'];
  const tarball = makePackage(name, version);
  const signedIn = ['--header', `Authorization: Bearer ${apiKey}`];
  const prompt = JSON.parse(
    curl(...signedIn, '--json', JSON.stringify({ name, description: '' }), `${origin}/v1/prompts`),
  );

  const form = ['--form', `version=${version}`, '--form', `tarball=@${tarball}`];
  const uploaded = JSON.parse(curl(...signedIn, ...form, `${origin}/v1/prompts/${prompt.id}/versions`));
  assert(uploaded.version === version, `the upload answered ${JSON.stringify(uploaded)}`);

  const versions = `${origin}/v1/prompts/admin/${name}/versions`;
  const { items } = JSON.parse(curl(versions));
  assert(items.length === 1 && items[0].id === uploaded.id, `the list is ${JSON.stringify(items)}`);

  const download = `${versions}/${version}/download`;
  const redirect = curl('--output', '/dev/null', '--write-out', '%{redirect_url}', download);
  assert(redirect.startsWith(`${storeOrigin}/`), `the download redirects to ${new URL(redirect).origin}`);
  const copy = join(folder, 'copy.tar.gz');
  curl('--location', '--output', copy, download);
  assert(readFileSync(copy).equals(readFileSync(tarball)), 'what was downloaded is not what was uploaded');
}

/** A recreated container keeps the content of its volumes. */
async function restart() {
  compose('up', '--detach', '--force-recreate', '--no-build');
  await untilHealthy();
  const { items } = JSON.parse(curl(`${origin}/v1/prompts/admin/greeting/versions`));
  assert(items.length === 1, 'the version is gone after the containers were made anew');
}

function assertUnprivileged() {
  const user = compose('exec', '-T', 'server', 'id', '--user').trim();
  assert(user !== '0', 'the server runs as root');
}

try {
  compose('up', '--detach', '--build');
  await untilHealthy();
  assertUnprivileged();
  useTheServer(firstApiKey());
  await restart();
  console.log('docker-compose.yml: up, upload, list, download by redirect, made anew: all as documented');
} catch (error) {
  spawnSync(program, [...programArguments, 'logs', '--no-color', '--tail', '40'], {
    env: environment,
    stdio: 'inherit',
  });
  console.error(error.message);
  process.exitCode = 1;
} finally {
  compose('down', '--volumes', '--rmi', 'local', '--remove-orphans', '--timeout', '20');
  rmSync(folder, { recursive: true, force: true });
}
