import type { Command } from 'commander';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { Me, NewKey, Session } from '../../api/answers.js';
import { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import { withExample } from '../../example.js';
import { wrongUsage } from '../../failure.js';
import { configPath, readConfigFile, type StoredLogin, writeConfigFile } from '../../settings/config-file.js';
import { askHidden, askLine } from '../../terminal/ask.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { Tool } from '../../tool.js';

interface LoginOptions {
  username?: string;
  passwordStdin?: true;
  token?: string;
}

const longestKeyName = 64;

export function register(command: Command, tool: Tool): void {
  command
    .description(
      'Signs in with a name and a password, and keeps an API key that is made for this machine. The password is not\n' +
        'kept. `promptyard logout` revokes the key. The key may read, write and publish, and does not expire.',
    )
    .option('-u, --username <name>', 'user name or e-mail address; asked for if left out')
    .option('--password-stdin', 'read the password from stdin instead of asking')
    .option('--token <key>', 'keep this API key instead of making one; `-` reads it from stdin')
    .action((options: LoginOptions) => signIn(tool, options));
  withExample(command, 'login --url https://prompts.example.com', 'login --token - < key.txt');
}

async function signIn(tool: Tool, options: LoginOptions): Promise<void> {
  const { url } = tool.settings.server;
  const given = options.token === undefined ? await keyByPassword(tool, options) : await givenKey(tool, options.token);
  const config = readConfigFile(tool.env);
  const former = config.servers[url];
  const login = former?.key === given.key ? former : given;
  writeConfigFile(tool.env, { current: url, servers: { ...config.servers, [url]: login } });
  if (former !== undefined && former !== login) await revokeFormer(url, former);
  if (tool.env['PROMPTYARD_TOKEN']) tool.output.warn('PROMPTYARD_TOKEN is set, and goes before the key that is kept');
  tool.output.result({ server: url, username: login.username, config: configPath(tool.env) }, () => [
    `Signed in to ${url} as ${safeLine(login.username)}.`,
    `The key of this machine is kept in ${configPath(tool.env)}.`,
  ]);
}

async function givenKey(tool: Tool, option: string): Promise<StoredLogin> {
  const key = option === '-' ? (await text(tool.streams.stdin)).trim() : option;
  if (key === '') throw wrongUsage('the token is empty');
  const { username } = await new Api({ url: tool.settings.server.url, token: key }).get(Me, path`/v1/me`);
  return { username, key };
}

/** The session that the password gives is used once, to make the key. */
async function keyByPassword(tool: Tool, options: LoginOptions): Promise<StoredLogin> {
  const { url } = tool.settings.server;
  const name = options.username ?? (await askLine(tool, 'User name: '));
  const password = options.passwordStdin
    ? (await text(tool.streams.stdin)).replace(/\r?\n$/, '')
    : await askHidden(tool, 'Password: ');
  const body = name.includes('@') ? { email: name, password } : { username: name, password };
  const { token } = await new Api({ url }).send(Session, 'POST', path`/v1/auth/login`, { body });
  const session = new Api({ url, token });
  const { username } = await session.get(Me, path`/v1/me`);
  const key = { name: `promptyard on ${hostname()}`.slice(0, longestKeyName) };
  const made = await session.send(NewKey, 'POST', path`/v1/api-keys`, { body: key });
  return { username, key: made.key, keyId: made.id };
}

/** Each log-in makes a key: the one before would lie about for ever. If it is gone already, so much the better. */
async function revokeFormer(url: string, { key, keyId }: StoredLogin): Promise<void> {
  if (keyId === undefined) return;
  await new Api({ url, token: key }).do('DELETE', path`/v1/api-keys/${keyId}`).catch(() => undefined);
}
