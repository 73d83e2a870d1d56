import { Module } from '@nestjs/common';
import { EndpointAddresses } from './endpoint-addresses.js';
import { NameResolver, SystemNameResolver } from './name-resolver.js';
import { PinnedFetch } from './pinned-fetch.js';

/** Addresses of other servers: which are allowed, and requests to them. */
@Module({
  providers: [EndpointAddresses, PinnedFetch, { provide: NameResolver, useClass: SystemNameResolver }],
  exports: [EndpointAddresses, PinnedFetch],
})
export class EndpointsModule {}
