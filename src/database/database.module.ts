import { EntityManager as CoreEntityManager } from '@mikro-orm/core';
import { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type DynamicModule, Module } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';
import { ChangeFeedSubscriber } from './change-feed-subscriber.js';
import { BackgroundTransactions } from './connections/background-transactions.js';
import { ConnectionPool } from './connections/connection-pool.js';
import { connectionsOf } from './connections/postgres-connection.js';
import { OutageLogger } from './outage-logger.js';
import { ReplicaMonitor } from './replicas/replica-monitor.service.js';
import { ReplicaReads } from './replicas/replica-reads.js';

/** The database, for every module above it. What opened it closes it, after everything that uses it has stopped. */
@Module({})
export class DatabaseModule {
  static with(orm: MikroORM): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: MikroORM, useValue: orm },
        { provide: EntityManager, useFactory: () => orm.em },
        // What `MikroOrmModule.forFeature` creates repositories with. The document is made without an ORM: nothing is
        // created then.
        { provide: CoreEntityManager, useFactory: () => orm.em },
        { provide: ConnectionPool, useFactory: () => connectionsOf(orm) },
        BackgroundTransactions,
        ChangeFeed,
        ChangeFeedSubscriber,
        OutageLogger,
        ReplicaMonitor,
        ReplicaReads,
      ],
      exports: [
        BackgroundTransactions,
        ConnectionPool,
        EntityManager,
        CoreEntityManager,
        ChangeFeed,
        ChangeFeedSubscriber,
        OutageLogger,
        ReplicaMonitor,
        ReplicaReads,
      ],
    };
  }
}
