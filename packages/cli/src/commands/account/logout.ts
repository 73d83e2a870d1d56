import type { Command } from 'commander';
import { ApiFailure } from '../../api/api-failure.js';
import { Api } from '../../api/api.js';
import { path } from '../../api/path.js';
import { withExample } from '../../example.js';
import { ToolFailure } from '../../failure.js';
import { readConfigFile, type StoredLogin, writeConfigFile } from '../../settings/config-file.js';
import type { Tool } from '../../tool.js';

export function register(command: Command, tool: Tool): void {
  withExample(command, 'logout', 'logout --url https://prompts.example.com').action(() => logout(tool));
}

async function logout(tool: Tool): Promise<void> {
  const { url } = tool.settings.server;
  const { current, servers } = readConfigFile(tool.env);
  const { [url]: login, ...others } = servers;
  if (login === undefined)
    return tool.output.result({ server: url, revoked: false }, () => `No key is kept for ${url}.`);
  writeConfigFile(tool.env, { ...(current !== undefined && current !== url && { current }), servers: others });
  const revoked = await revoke(url, login);
  tool.output.result({ server: url, revoked }, () =>
    revoked
      ? `Signed out of ${url}; the key of this machine is revoked.`
      : `Signed out of ${url}. The key was not made by \`promptyard login\`, so it is not revoked.`,
  );
}

/** A key that the server does not know any more is as good as revoked. */
async function revoke(url: string, { key, keyId }: StoredLogin): Promise<boolean> {
  if (keyId === undefined) return false;
  try {
    await new Api({ url, token: key }).do('DELETE', path`/v1/api-keys/${keyId}`);
  } catch (error) {
    if (error instanceof ApiFailure && [401, 404].includes(error.status)) return true;
    if (!(error instanceof ToolFailure)) throw error;
    throw new ToolFailure(`the key is forgotten here, but not revoked: ${error.message}`, {
      code: error.code,
      exitCode: error.exitCode,
      hint: `Revoke the key ${keyId} there, by DELETE ${url}/v1/api-keys/${keyId}.`,
      cause: error,
    });
  }
  return true;
}
