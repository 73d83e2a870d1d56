import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { Setting, WholeNumber } from './scalars/scalars.js';

const isPostgresUrl = (url: string) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);

/** Server and database of the URL, without the user: two URLs of one database have the same. */
function databaseOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname.toLowerCase()}:${port || '5432'}${pathname}`;
}

const ReplicaUrls = Setting.transform((list) => list?.split(',').map((url) => url.trim()) ?? []).refine(
  (urls) => urls.every(isPostgresUrl),
  { error: 'must be postgresql:// addresses, separated by commas' },
);

export const databaseSettings = z
  .object({
    DATABASE_URL: Setting.refine((url) => url === undefined || /^postgres(ql)?:\/\//.test(url), {
      error: 'must be a postgresql:// address',
    }).describe('PostgreSQL to use; the embedded one under DATA_DIR if unset.'),
    DATABASE_POOL_SIZE: WholeNumber(10, 2, 500).describe(
      'Most connections that this server opens for its work; several WORKERS share them, and each has at least two.',
    ),
    DATABASE_READ_URLS: ReplicaUrls.describe(
      'Comma-separated streaming replicas of DATABASE_URL, for search, lists and statistics of public prompts; none if unset.',
    ),
    DATABASE_READ_MAX_LAG_SECONDS: WholeNumber(5, 1, 300).describe(
      'How far a replica may be behind; one that may be further behind is not read.',
    ),
  })
  .superRefine(({ DATABASE_URL: primary, DATABASE_READ_URLS: replicas }, context) => {
    const report = (message: string) => context.addIssue({ code: 'custom', path: ['DATABASE_READ_URLS'], message });
    if (replicas.length > 0 && primary === undefined)
      report('needs DATABASE_URL: the embedded PostgreSQL has no replicas');
    const databases = [primary ?? '', ...replicas].filter(isPostgresUrl).map(databaseOf);
    if (new Set(databases).size < databases.length) report('must name databases other than DATABASE_URL, each once');
  })
  .transform((env) => ({
    url: env.DATABASE_URL ?? '',
    poolSize: env.DATABASE_POOL_SIZE,
    replicaUrls: env.DATABASE_READ_URLS,
    maxReplicaLagMs: env.DATABASE_READ_MAX_LAG_SECONDS * 1_000,
  }));

/** `url` is empty until the embedded server has started. */
export type DatabaseConfig = Readonly<z.output<typeof databaseSettings>>;
export const DatabaseConfig = { KEY: getConfigToken('database') };
