import type { Api } from '../api/api.js';
import { ToolFailure } from '../failure.js';
import type { Output } from '../terminal/output.js';
import type { Tool } from '../tool.js';
import { ArchiveCache } from './archives/archive-cache.js';
import { Archives } from './archives/archives.js';
import { VersionLists } from './registry.js';

/** What the commands of a project work with. */
export interface Session {
  /** Undefined with --offline: nothing is asked then. */
  readonly api: Api | undefined;
  readonly cache: ArchiveCache;
  readonly archives: Archives;
  readonly versions: VersionLists;
  readonly output: Output;
}

export function openSession(tool: Tool, { offline = false }: { offline?: boolean } = {}): Session {
  const api = offline ? undefined : tool.api;
  const cache = new ArchiveCache(tool.env);
  return { api, cache, archives: new Archives({ cache, api }), versions: new VersionLists(), output: tool.output };
}

/** The registry, for what cannot be done without. @throws ToolFailure with --offline */
export function needRegistry({ api }: Session, packages: Iterable<string>): Api {
  if (api) return api;
  throw new ToolFailure('--offline takes only what prompts.lock holds', {
    code: 'OFFLINE',
    details: Array.from(packages, (id) => `${id} has to be looked up first`),
    hint: 'Run `promptyard lock` once while the registry can be reached.',
  });
}
