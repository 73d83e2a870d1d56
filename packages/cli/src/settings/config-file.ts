import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { CliError } from '../cli-error.js';
import type { Environment } from './environment.js';

export interface StoredLogin {
  readonly username: string;
  readonly key: string;
  /**
   * Only for a key that the log-in created. A key that was given with --token has no id here, and log-out does not
   * revoke it.
   */
  readonly keyId?: string;
}

export interface ConfigFile {
  /** Address of the last log-in. */
  readonly current?: string;
  /** By address. */
  readonly servers: Readonly<Record<string, StoredLogin | undefined>>;
}

/** `~/.config/promptyard/config.json`, or below XDG_CONFIG_HOME if that is an absolute path. */
export function configPath(env: Environment): string {
  const configured = env['XDG_CONFIG_HOME'] ?? '';
  const folder = isAbsolute(configured) ? configured : join(homeDirectory(env), '.config');
  return join(folder, 'promptyard', 'config.json');
}

export function homeDirectory(env: Environment): string {
  return env['HOME'] ?? homedir();
}

/** Empty if the file is missing. @throws CliError if it is invalid */
export function readConfigFile(env: Environment): ConfigFile {
  const file = configPath(env);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { servers: {} };
    throw error;
  }
  return parseConfig(text) ?? throwInvalidConfig(file);
}

/** Readable by its owner only, and written atomically. */
export function writeConfigFile(env: Environment, config: ConfigFile): void {
  const file = configPath(env);
  const draft = `${file}.${randomUUID()}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(draft, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function parseConfig(text: string): ConfigFile | undefined {
  try {
    const { current, servers = {} } = JSON.parse(text) as Partial<Record<keyof ConfigFile, unknown>>;
    if ((current !== undefined && typeof current !== 'string') || !isRecord(servers)) return undefined;
    const logins = Object.entries(servers).map(([url, login]): [string, StoredLogin] => [url, toLogin(login)]);
    return { current, servers: Object.fromEntries(logins) };
  } catch {
    return undefined;
  }
}

function toLogin(value: unknown): StoredLogin {
  if (!isRecord(value) || typeof value['key'] !== 'string') throw new TypeError('no key');
  const { username, key, keyId } = value;
  return {
    username: typeof username === 'string' ? username : '',
    key,
    ...(typeof keyId === 'string' ? { keyId } : {}),
  };
}

function throwInvalidConfig(file: string): never {
  throw new CliError(`${file} is not what promptyard wrote`, {
    code: 'BROKEN_CONFIG',
    hint: 'Repair it, or delete it and sign in again with `promptyard login`.',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
