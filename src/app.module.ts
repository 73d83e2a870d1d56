import type { MikroORM } from '@mikro-orm/postgresql';
import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { AuthModule } from './auth/auth.module.js';
import type { Config } from './config/config.js';
import { SettingsModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { HistoryModule } from './history/history.module.js';
import { OpenapiModule } from './openapi/openapi.module.js';
import { PromptsModule } from './prompts/prompts.module.js';
import { ConductorModule } from './protocols/conductor/conductor.module.js';
import { OpenWebUiModule } from './protocols/open-webui/open-webui.module.js';
import { StorageModule } from './storage/storage.module.js';
import { VersionsModule } from './versions/versions.module.js';

@Module({})
export class AppModule {
  static with(config: Config, orm: MikroORM): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ScheduleModule.forRoot(),
        SettingsModule.with(config),
        DatabaseModule.with(orm),
        StorageModule,
        AuthModule,
        PromptsModule,
        HistoryModule,
        VersionsModule,
        AnalyticsModule,
        ConductorModule,
        OpenWebUiModule,
        HealthModule,
        OpenapiModule,
      ],
    };
  }
}
