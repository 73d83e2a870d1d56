import { type DynamicModule, Module } from '@nestjs/common';
import { configToken } from './config-token.js';
import type { Config } from './config.js';

/** Offers each topic of one parsed configuration by its token, everywhere. */
@Module({})
export class SettingsModule {
  static with(config: Config): DynamicModule {
    const { server, database, storage, auth, versions, analytics, conductor, openWebUi, models } = config;
    const topics = { server, database, storage, auth, versions, analytics, conductor, openWebUi, models };
    const providers = Object.entries(topics).map(([name, topic]) => ({ provide: configToken(name), useValue: topic }));
    return { module: SettingsModule, global: true, providers, exports: providers };
  }
}
