import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeDirectory } from './config-file.js';
import type { Environment } from './environment.js';

/** What the tool of prompts.dev uses: an address with `/v1`, and a file that says `{"token": "…"}`. */
export interface PromptsDevSettings {
  readonly url?: string;
  readonly token?: string;
}

/** Lenient: another tool's file that cannot be read is none. */
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
