import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { RouteConstraints } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { type Protocol, protocolOf } from './protocol.js';

const protocolKey = Symbol('protocol');

const constraintName = 'protocol';
type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];
type Handler = Parameters<ReturnType<Strategy['storage']>['set']>[1];

/**
 * Declares that the routes of a controller belong to one protocol. Two protocols can then have routes on the same path;
 * a request of another protocol is answered with 404.
 */
export const ViaProtocol =
  (protocol: Protocol): ClassDecorator =>
  ({ prototype }) => {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
      const handler: unknown = descriptor?.value;
      if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
      RouteConstraints({ [constraintName]: protocol })(handler);
      Reflect.defineMetadata(protocolKey, protocol, handler);
    }
  };

/** The declared protocol of a route handler; the registry if none is declared. */
export function protocolOfHandler(handler: object): Protocol {
  return (Reflect.getMetadata(protocolKey, handler) as Protocol | undefined) ?? 'registry';
}

/** Makes the router distinguish the protocols. */
export function routeByProtocol(instance: FastifyInstance): void {
  instance.addConstraintStrategy({
    name: constraintName,
    storage: () => {
      const handlers = new Map<unknown, Handler>();
      return {
        get: (protocol) => handlers.get(protocol) ?? null,
        set: (protocol, handler) => void handlers.set(protocol, handler),
      };
    },
    // The routes of the registry have no constraint.
    deriveConstraint: (request: IncomingMessage) => {
      const protocol = protocolOf(request);
      return protocol === 'registry' ? undefined : protocol;
    },
  });
}

/** The protocol of a route, as the router knows it; undefined for the registry's. */
export function protocolOfRoute(route: {
  readonly constraints?: Readonly<Record<string, unknown>> | undefined;
}): unknown {
  return route.constraints?.[constraintName];
}

/**
 * The path that the router knows: Open WebUI's documentation writes `/api/prompts` for what its front end calls
 * `/api/v1/prompts`, clients ask for lists with and without the slash behind them, and the framework knows no route
 * that ends in one.
 */
export function routedUrl(request: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const { url = '' } = request;
  const path = url.replace(/^(\/api\/(?:prompts|v1\/(?:prompts|auths|groups)))\/(?=\?|$)/, '$1');
  return protocolOf(request) === 'open-webui' ? path.replace(/^\/api\/prompts(?=[/?]|$)/, '/api/v1/prompts') : path;
}
