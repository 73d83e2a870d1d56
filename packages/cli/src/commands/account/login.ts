import type { Command } from 'commander';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { Me, NewKey, Session } from '../../api/response-schemas.js';
import { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { withExamples } from '../../with-examples.js';
import { usageError } from '../../cli-error.js';
import { configPath, readConfigFile, type StoredLogin, writeConfigFile } from '../../settings/config-file.js';
import { askHidden, askLine } from '../../terminal/ask.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

interface LoginOptions {
  username?: string;
  passwordStdin?: true;
  token?: string;
}

const maxKeyNameLength = 64;

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Signs in with a name and a password, and stores a new API key for this machine. The password is not\n' +
        'stored. `promptyard logout` revokes the key. The key may read, write and publish, and does not expire.',
    )
    .option('-u, --username <name>', 'user name or e-mail address; asked for by default')
    .option('--password-stdin', 'read the password from stdin instead of asking')
    .option('--token <key>', 'store this API key instead of creating one; `-` reads it from stdin')
    .action((options: LoginOptions) => signIn(cli, options));
  withExamples(command, 'login --url https://prompts.example.com', 'login --token - < key.txt');
}

async function signIn(cli: CliContext, options: LoginOptions): Promise<void> {
  const { url } = cli.settings.server;
  const newLogin =
    options.token === undefined ? await createKeyWithPassword(cli, options) : await keyFromToken(cli, options.token);
  const config = readConfigFile(cli.env);
  const previous = config.servers[url];
  const login = previous?.key === newLogin.key ? previous : newLogin;
  writeConfigFile(cli.env, { current: url, servers: { ...config.servers, [url]: login } });
  if (previous !== undefined && previous !== login) await revokePrevious(url, previous);
  if (cli.env['PROMPTYARD_TOKEN']) cli.output.warn('PROMPTYARD_TOKEN is set, and overrides the stored key');
  cli.output.result({ server: url, username: login.username, config: configPath(cli.env) }, () => [
    `Signed in to ${url} as ${safeLine(login.username)}.`,
    `The key of this machine is stored in ${configPath(cli.env)}.`,
  ]);
}

async function keyFromToken(cli: CliContext, option: string): Promise<StoredLogin> {
  const key = option === '-' ? (await text(cli.streams.stdin)).trim() : option;
  if (key === '') throw usageError('the token is empty');
  const { username } = await new ApiClient({ url: cli.settings.server.url, token: key }).get(Me, path`/v1/me`);
  return { username, key };
}

/** The session is used once, to create the key. */
async function createKeyWithPassword(cli: CliContext, options: LoginOptions): Promise<StoredLogin> {
  const { url } = cli.settings.server;
  const name = options.username ?? (await askLine(cli, 'User name: '));
  const password = options.passwordStdin
    ? (await text(cli.streams.stdin)).replace(/\r?\n$/, '')
    : await askHidden(cli, 'Password: ');
  const body = name.includes('@') ? { email: name, password } : { username: name, password };
  const { token } = await new ApiClient({ url }).send(Session, 'POST', path`/v1/auth/login`, { body });
  const session = new ApiClient({ url, token });
  const { username } = await session.get(Me, path`/v1/me`);
  const key = { name: `promptyard on ${hostname()}`.slice(0, maxKeyNameLength) };
  const created = await session.send(NewKey, 'POST', path`/v1/api-keys`, { body: key });
  return { username, key: created.key, keyId: created.id };
}

/** Each log-in creates a key, so the previous one is revoked. It may be revoked already. */
async function revokePrevious(url: string, { key, keyId }: StoredLogin): Promise<void> {
  if (keyId === undefined) return;
  await new ApiClient({ url, token: key }).execute('DELETE', path`/v1/api-keys/${keyId}`).catch(() => undefined);
}
