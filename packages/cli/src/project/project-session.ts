import type { ApiClient } from '../api/api-client.js';
import { CliError } from '../cli-error.js';
import type { Output } from '../terminal/output.js';
import type { CliContext } from '../cli-context.js';
import { ArchiveCache } from './archives/archive-cache.js';
import { ArchiveProvider } from './archives/archive-provider.js';
import { VersionLists } from './registry.js';

/** The context of the project commands. */
export interface ProjectSession {
  /** Undefined with --offline, which sends no requests. */
  readonly api: ApiClient | undefined;
  readonly cache: ArchiveCache;
  readonly archives: ArchiveProvider;
  readonly versions: VersionLists;
  readonly output: Output;
}

export function openSession(cli: CliContext, { offline = false }: { offline?: boolean } = {}): ProjectSession {
  const api = offline ? undefined : cli.api;
  const cache = new ArchiveCache(cli.env);
  return {
    api,
    cache,
    archives: new ArchiveProvider({ cache, api }),
    versions: new VersionLists(),
    output: cli.output,
  };
}

/** The registry, for work that needs it. @throws CliError with --offline */
export function requireRegistry({ api }: ProjectSession, packages: Iterable<string>): ApiClient {
  if (api) return api;
  throw new CliError('--offline installs only what is in prompts.lock', {
    code: 'OFFLINE',
    details: Array.from(packages, (id) => `${id} must be resolved first`),
    hint: 'Run `promptyard lock` once while the registry can be reached.',
  });
}
