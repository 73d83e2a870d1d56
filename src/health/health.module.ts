import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { MetricsService } from './metrics.service.js';

/** Liveness, readiness, metrics. */
@Module({ imports: [StorageModule], controllers: [HealthController], providers: [HealthService, MetricsService] })
export class HealthModule {}
