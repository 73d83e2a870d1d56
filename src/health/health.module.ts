import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { Metrics } from './metrics.js';

/** Liveness, readiness, metrics. */
@Module({ imports: [StorageModule], controllers: [HealthController], providers: [HealthService, Metrics] })
export class HealthModule {}
