import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

/** Adds to what hooks of the HTTP server know of a route. Nest's own decorator replaces what another one has set. */
export const ConfigureRoute =
  (config: Partial<FastifyContextConfig>): MethodDecorator =>
  (target, key, descriptor) => {
    RouteConfig({ ...routeConfigOf(descriptor.value as object), ...config })(target, key, descriptor);
  };

/** What the decorators of a route handler have set so far. */
export function routeConfigOf(handler: object): FastifyContextConfig {
  return (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) ?? {}) as FastifyContextConfig;
}
