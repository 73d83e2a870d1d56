import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import type { Config } from './config.js';

/** Offers each topic of one parsed configuration by its token, everywhere. */
@Module({})
export class SettingsModule {
  static with(config: Config): DynamicModule {
    const { server, database, storage, auth, versions, analytics, conductor, openWebUi, models } = config;
    const topics = { server, database, storage, auth, versions, analytics, conductor, openWebUi, models };
    const load = Object.entries(topics).map(([name, topic]) => registerAs(name, () => topic));
    return {
      module: SettingsModule,
      imports: [ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, ignoreEnvVars: true, load })],
    };
  }
}
