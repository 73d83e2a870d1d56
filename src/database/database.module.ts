import { MikroORM } from '@mikro-orm/postgresql';
import { type DynamicModule, Module } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';
import { Database } from './database.js';
import { OutageLog } from './outage-log.js';

/** The database, for every module above it. Whoever opened it closes it, after everything that uses it has stopped. */
@Module({})
export class DatabaseModule {
  static with(orm: MikroORM): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: MikroORM, useValue: orm }, ChangeFeed, Database, OutageLog],
      exports: [ChangeFeed, Database, OutageLog],
    };
  }
}
