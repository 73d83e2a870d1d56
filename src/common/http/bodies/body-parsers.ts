import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UnsupportedMediaType } from '../../errors/catalogue.js';
import { protocolOf } from '../../protocol.js';
import { protocolOfRoute } from '../../protocol-routes.js';
import { readJson } from './read-json.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads the request's body itself, as a stream, for every content type. */
    streamsBody?: boolean;
    /** How the body of the route is parsed, independent of its content type: as JSON, or as bytes for the handler. */
    bodyIs?: 'json' | 'bytes';
  }
}

const maxUnlabelledBytes = 8 * 1024 * 1024;

const streamsBody = (request: FastifyRequest) => request.routeOptions.config.streamsBody === true;

/**
 * Parses JSON for routes that take it, and leaves the body to routes that read the stream themselves. An empty body
 * with the type JSON counts as no body, because real clients send that on GET, DELETE and POST without a body.
 */
export function parseBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    if (request.routeOptions.config.bodyIs === 'bytes') return done(null, body);
    try {
      done(null, readJson(body, protocolOf(request)));
    } catch (error) {
      done(error as Error);
    }
  });
  instance.addHook('onRoute', (route) => {
    if (route.config?.streamsBody) route.bodyLimit = Number.MAX_SAFE_INTEGER;
    if (route.config?.bodyIs) route.bodyLimit = maxUnlabelledBytes;
    // Clients of Conductor omit the content type when they retry, and curl sends another one. The same holds for
    // clients of Open WebUI, which shares its paths.
    else if (protocolOfRoute(route) !== undefined) route.config = { ...route.config, bodyIs: 'json' };
  });
  // Sets the content type before a parser is chosen, so that a missing, repeated or wrong one has no effect.
  instance.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.bodyIs) request.headers['content-type'] = 'application/json';
    done();
  });
  instance.addHook('preParsing', (request, _reply, stream, done) => {
    done(null, streamsBody(request) ? emptyBody(request) : stream);
  });
  instance.addContentTypeParser('*', (request, _stream, done) => {
    if (streamsBody(request)) return done(null, undefined);
    done(UnsupportedMediaType(undefined, { headers: { 'accept-post': 'application/json' } }));
  });
}

/** An empty stream that passes for a body of the announced length, labelled as JSON or not. */
function emptyBody({ headers }: FastifyRequest) {
  return Object.assign(Readable.from([]), { receivedEncodedLength: Number(headers['content-length']) });
}

/**
 * Sends `100 Continue` only when the body is about to be read, so that an early refusal comes instead of it. Routes
 * that stream send it themselves. Other expectations are ignored.
 */
export function sendContinueLazily(instance: FastifyInstance): void {
  for (const expectation of ['checkContinue', 'checkExpectation'] as const) {
    instance.server.on(expectation, (request, response) => {
      instance.server.emit('request', request, response);
    });
  }
  instance.addHook('preParsing', (request, reply, payload, done) => {
    if (!streamsBody(request) && expectsContinue(request)) reply.raw.writeContinue();
    done(null, payload);
  });
}

export function expectsContinue(request: FastifyRequest): boolean {
  return request.headers.expect?.toLowerCase() === '100-continue';
}
