import { Module } from '@nestjs/common';
import { EndpointResolver } from './endpoint-resolver.js';
import { NameResolver, SystemNameResolver } from './name-resolver.js';
import { PinnedFetchClient } from './pinned-fetch.client.js';

/** Addresses of other servers: which are allowed, and requests to them. */
@Module({
  providers: [EndpointResolver, PinnedFetchClient, { provide: NameResolver, useClass: SystemNameResolver }],
  exports: [EndpointResolver, PinnedFetchClient],
})
export class EndpointsModule {}
