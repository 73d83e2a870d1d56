import { usageError } from '../cli-error.js';
import { readConfigFile } from './config-file.js';
import type { Environment } from './environment.js';
import { readPromptsDevSettings } from './prompts-dev-settings.js';

export interface Server {
  /** Without a slash at its end and without `/v1`. */
  readonly url: string;
  readonly token?: string;
}

export interface Settings {
  readonly server: Server;
  /** Where the token is from, for `whoami`. */
  readonly tokenFrom?: 'PROMPTYARD_TOKEN' | 'login' | '~/.prompts/config.json';
}

export const defaultUrl = 'http://127.0.0.1:3000';

/**
 * The address is `--url`, PROMPTYARD_URL, the server of the last login, PROMPTS_API_URL, or this machine. The token is
 * PROMPTYARD_TOKEN, the stored key for that address, or for PROMPTS_API_URL the token in ~/.prompts/config.json. A
 * stored token is never sent to another server. @throws CliError if the address is invalid
 */
export function readSettings(env: Environment, url?: string): Settings {
  const config = readConfigFile(env);
  const promptsDev = readPromptsDevSettings(env);
  const chosen = url ?? nonEmpty(env['PROMPTYARD_URL']) ?? config.current ?? promptsDev.url ?? defaultUrl;
  const address = normalizeUrl(chosen);
  const server = (token: string | undefined, tokenFrom: Settings['tokenFrom']): Settings | undefined =>
    token === undefined ? undefined : { server: { url: address, token }, tokenFrom };
  const isPromptsDev = promptsDev.url !== undefined && normalizeUrl(promptsDev.url) === address;
  return (
    server(nonEmpty(env['PROMPTYARD_TOKEN']), 'PROMPTYARD_TOKEN') ??
    server(config.servers[address]?.key, 'login') ??
    server(isPromptsDev ? promptsDev.token : undefined, '~/.prompts/config.json') ?? { server: { url: address } }
  );
}

/** Normalises an address: the path stays, except slashes and `/v1` at the end. */
export function normalizeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw usageError(`${JSON.stringify(text)} is no address of a server`, `Write it like ${defaultUrl}.`);
  if (url.username !== '' || url.password !== '')
    throw usageError('the address of the server contains a password', 'Use `promptyard login` instead.');
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
