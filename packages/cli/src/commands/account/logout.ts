import type { Command } from 'commander';
import { ApiError } from '../../api/api-error.js';
import { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { withExamples } from '../../with-examples.js';
import { CliError } from '../../cli-error.js';
import { readConfigFile, type StoredLogin, writeConfigFile } from '../../settings/config-file.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  withExamples(command, 'logout', 'logout --url https://prompts.example.com').action(() => logout(cli));
}

async function logout(cli: CliContext): Promise<void> {
  const { url } = cli.settings.server;
  const { current, servers } = readConfigFile(cli.env);
  const { [url]: login, ...others } = servers;
  if (login === undefined)
    return cli.output.result({ server: url, revoked: false }, () => `No key is stored for ${url}.`);
  writeConfigFile(cli.env, { ...(current !== undefined && current !== url && { current }), servers: others });
  const revoked = await revoke(url, login);
  cli.output.result({ server: url, revoked }, () =>
    revoked
      ? `Signed out of ${url}; the key of this machine is revoked.`
      : `Signed out of ${url}. The key was not created by \`promptyard login\`, so it is not revoked.`,
  );
}

/** A key that the server does not know counts as revoked. */
async function revoke(url: string, { key, keyId }: StoredLogin): Promise<boolean> {
  if (keyId === undefined) return false;
  try {
    await new ApiClient({ url, token: key }).execute('DELETE', path`/v1/api-keys/${keyId}`);
  } catch (error) {
    if (error instanceof ApiError && [401, 404].includes(error.status)) return true;
    if (!(error instanceof CliError)) throw error;
    throw new CliError(`the key is deleted here, but not revoked: ${error.message}`, {
      code: error.code,
      exitCode: error.exitCode,
      hint: `Revoke the key ${keyId} there, by DELETE ${url}/v1/api-keys/${keyId}.`,
      cause: error,
    });
  }
  return true;
}
