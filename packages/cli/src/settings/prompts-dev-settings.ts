import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeDirectory } from './config-file.js';
import type { Environment } from './environment.js';

/** The settings of the prompts.dev tool: an address with `/v1`, and a file with `{"token": "…"}`. */
export interface PromptsDevSettings {
  readonly url?: string;
  readonly token?: string;
}

/** An unreadable file of another tool is ignored. */
export function readPromptsDevSettings(env: Environment): PromptsDevSettings {
  const url = env['PROMPTS_API_URL'];
  if (url === undefined || url === '') return {};
  return { url, token: readToken(join(homeDirectory(env), '.prompts', 'config.json')) };
}

function readToken(file: string): string | undefined {
  try {
    const { token } = JSON.parse(readFileSync(file, 'utf8')) as { token?: unknown };
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}
