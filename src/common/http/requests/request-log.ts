import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The caller, which the guard sets. */
type WithCaller = FastifyRequest & { caller?: { username: string } };

/** One line per request, once it is answered: route pattern, never the path, its query, a token or a body. */
export function logRequests(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request: WithCaller, reply, done) => {
    request.log.info({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      principal: request.caller?.username,
    });
    done();
  });
}
