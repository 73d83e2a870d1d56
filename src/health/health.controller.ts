import { Controller, Get } from '@nestjs/common';
import { ConfigureRoute } from '../common/route-config.decorator.js';
import { ApiProduces, ApiResponse, ApiTags } from '../common/openapi.decorators.js';
import { Access, Unauthenticated } from '../common/http/access.decorator.js';
import { Returns, Summary } from '../common/http/documented.decorator.js';
import { HealthService } from './health.service.js';
import { Liveness, MetricsText, Readiness } from './health.dto.js';
import { MetricsService } from './metrics.service.js';

/** Probes are frequent and come from one address, so that the rate limit ignores them. */
const Uncounted = () => ConfigureRoute({ rateLimit: false });

@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly metrics: MetricsService,
  ) {}

  @Get('health/live')
  @Uncounted()
  @Access(Unauthenticated)
  @Summary('Is the process alive?')
  @Returns(200, Liveness, 'It is.')
  getLiveness() {
    return { status: 'alive' };
  }

  @Get('health/ready')
  @Uncounted()
  @Access(Unauthenticated)
  @Summary('Can the server do its work?')
  @Returns(200, Readiness, 'Database and object store answer.')
  @ApiResponse({
    status: 503,
    description: 'A component does not answer; the body names it.',
    standardSchema: Readiness as never,
  })
  getReadiness() {
    return this.health.readiness();
  }

  @Get('metrics')
  @Uncounted()
  @Access(Unauthenticated)
  @Summary('Metrics for Prometheus')
  @ApiProduces('text/plain')
  @Returns(200, MetricsText, 'In the text format of Prometheus.')
  getMetrics() {
    return this.metrics.expose();
  }
}
