import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import { migrations } from './migrations/index.js';

export interface Connection {
  readonly url: string;
  /** Most connections that this process opens. */
  readonly poolSize: number;
}

/** How every entity manager of this product is set up; entities come from the modules above. */
export function ormOptions({ url, poolSize }: Connection, entities: Options['entities']): Options {
  return defineConfig({
    clientUrl: url,
    entities,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, tableName: 'migration', transactional: true, snapshot: false },
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000 },
    driverOptions: {
      application_name: 'promptyard',
      connectionTimeoutMillis: 4_000,
      statement_timeout: 15_000,
      query_timeout: 20_000,
      keepAlive: true,
      options: '-c TimeZone=UTC',
    },
    forceUtcTimezone: true,
    allowGlobalContext: false,
    logger: () => undefined,
  });
}
