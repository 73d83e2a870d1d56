import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UnsupportedMediaType } from '../../errors/catalogue.js';
import { protocolOf } from '../../protocol.js';
import { protocolOfRoute } from '../../protocol-routes.js';
import { readJson } from './read-json.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads the request's body itself, as a stream, whatever its type. */
    streamsBody?: boolean;
    /** What the route's body is whatever its label says, if it has one at all: JSON, or bytes for the handler. */
    bodyIs?: 'json' | 'bytes';
  }
}

const largestUnlabelledBytes = 8 * 1024 * 1024;

const streamsBody = (request: FastifyRequest) => request.routeOptions.config.streamsBody === true;

/**
 * JSON for routes that take it; nothing for those that read the stream themselves. An empty body labelled as JSON is
 * no body: real clients send exactly that on GET, DELETE and bodyless POST.
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
    if (route.config?.bodyIs) route.bodyLimit = largestUnlabelledBytes;
    // Clients of Conductor leave the label out when they try again, and curl writes another.
    // As do clients of the others that share its paths: what they send is JSON, whatever they call it.
    else if (protocolOfRoute(route) !== undefined) route.config = { ...route.config, bodyIs: 'json' };
  });
  // Labelled anew before a parser is chosen: a missing, a doubled or a wrong label then changes nothing.
  instance.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.bodyIs) request.headers['content-type'] = 'application/json';
    done();
  });
  instance.addHook('preParsing', (request, _reply, stream, done) => {
    done(null, streamsBody(request) ? nothingToParse(request) : stream);
  });
  instance.addContentTypeParser('*', (request, _stream, done) => {
    if (streamsBody(request)) return done(null, undefined);
    done(UnsupportedMediaType(undefined, { headers: { 'accept-post': 'application/json' } }));
  });
}

/** An empty stream that passes for a body of the announced length, labelled as JSON or not. */
function nothingToParse({ headers }: FastifyRequest) {
  return Object.assign(Readable.from([]), { receivedEncodedLength: Number(headers['content-length']) });
}

/**
 * Sends `100 Continue` only once somebody is going to read the body, so that an early refusal comes instead of it.
 * Routes that stream call `sendContinue` themselves. Whatever else a request expects is ignored.
 */
export function continueWhenWanted(instance: FastifyInstance): void {
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
