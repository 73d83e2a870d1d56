import type { LoggerService } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { BadRequest, MethodNotAllowed, ShuttingDown } from '../common/errors/catalogue.js';
import { sendContinueLazily, parseBodies } from '../common/http/bodies/body-parsers.js';
import { AuthGuard } from '../auth/authentication/auth.guard.js';
import { repeatAnswers } from '../auth/authentication/repeat-answers.js';
import { sendAnswers } from '../common/http/answer.js';
import { cacheAnswers } from '../common/http/requests/answer-cache.js';
import { compressAnswers, varyByEncodings } from '../common/http/compression/compress-answers.js';
import { answerConditionalGets } from '../common/http/conditional-get.js';
import { ErrorFilter, sendError } from '../common/errors/error.filter.js';
import { parseQuery } from '../common/http/requests/query-parser.js';
import { logRequests } from '../common/http/requests/request-log.js';
import { routeByProtocol, routedUrl } from '../common/protocol-routes.js';
import { RouteTable } from '../common/http/route-table.js';
import { UnreadableRequestHandler } from '../common/errors/unreadable-request-handler.js';
import { isClosing } from '../common/http/requests/closing.js';
import { hasUsableHost } from '../common/http/requests/host.js';
import { sendSecurityHeaders } from './security-headers.js';
import { limitLargeBodies } from '../common/http/bodies/large-bodies.js';
import { limitSlowBodies } from '../common/http/bodies/slow-bodies.js';
import { discardUnreadBodies } from '../common/http/bodies/unread-bodies.js';
import { validationPipe } from '../common/http/validation.pipe.js';
import { protocolOf } from '../common/protocol.js';
import type { Config } from '../config/config.js';
import type { ServerConfig } from '../config/server.config.js';
import type { StorageConfig } from '../config/storage.config.js';
import type { TrustedProxies } from '../config/scalars/trusted-proxies.js';
import { limitRates } from './rate-limit.js';

const maxJsonBytes = 2 * 1024 * 1024;
const maxHeaderBytes = 16 * 1024;
const headerTimeoutMs = 60_000;
/** How exact the time limits of requests are. */
const checkConnectionsMs = 5_000;
/** In the order in which they run. */
const requestHooks = [
  logRequests,
  discardUnreadBodies,
  limitLargeBodies,
  parseBodies,
  sendContinueLazily,
  cacheAnswers,
  sendAnswers,
  varyByEncodings,
  answerConditionalGets,
];
const requestIdPattern = /^[\x21-\x7e]{1,128}$/;

/** Routes have no schemas for Fastify, so that its compilers, 130 modules, are not loaded. */
const noSchemas = {
  buildValidator: () => refuseSchema,
  buildSerializer: () => refuseSchema,
};

/** Creates the HTTP server of the application, with the hooks that apply to every route. */
export function createAdapter(config: ServerConfig, logger: Logger): FastifyAdapter {
  const unreadable = new UnreadableRequestHandler();
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    skipMiddie: true,
    bodyLimit: maxJsonBytes,
    requestTimeout: 0,
    keepAliveTimeout: 65_000,
    trustProxy: toTrustProxy(config.trustProxy),
    routerOptions: { maxParamLength: maxHeaderBytes, querystringParser: parseQuery },
    rewriteUrl: routedUrl,
    genReqId: ({ headers }: IncomingMessage) => requestId(headers['x-request-id']),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-request-id', request.id);
      sendError(BadRequest(undefined, { cause: error }), request, reply);
    },
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => unreadable.answer(error, socket),
    http: {
      // A request without a Host header is refused below, in the error format of its protocol.
      requireHostHeader: false,
      headersTimeout: Math.min(headerTimeoutMs, config.requestTimeoutSeconds * 1000),
      connectionsCheckingInterval: checkConnectionsMs,
    },
    return503OnClosing: false,
    schemaController: { compilersFactory: noSchemas },
  });
  const instance: FastifyInstance = adapter.getInstance();
  unreadable.watch(instance.server);
  limitSlowBodies(instance.server, config.requestTimeoutSeconds * 1000, checkConnectionsMs);
  routeByProtocol(instance);
  const routes = new RouteTable(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  // After the hooks of plugins, whose headers belong on these answers too, and before any body is read.
  instance.addHook('preParsing', (request, reply, payload, done) => {
    if (isClosing(instance))
      return sendError(ShuttingDown(undefined, { headers: { connection: 'close' } }), request, reply);
    if (!hasUsableHost(request)) return sendError(BadRequest(), request, reply);
    if (!request.is404) return done(null, payload);
    handleUnrouted(routes, request, reply, () => done(null, payload));
  });
  for (const addHooks of requestHooks) addHooks(instance);
  return adapter;
}

/** Sets up what needs the application: plugins, the pipe that validates, the filter that answers errors. */
export async function setUp(app: NestFastifyApplication, { server: config, storage }: Config): Promise<void> {
  const instance: FastifyInstance = app.getHttpAdapter().getInstance();
  const directives = contentSecurityPolicy(storage);
  sendSecurityHeaders(instance, { contentSecurityPolicy: { directives }, hsts: false });
  if (config.corsOrigins.length > 0) {
    const origin = config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins];
    const exposedHeaders = ['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id'];
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
    const { default: cors } = await import('@fastify/cors');
    await app.register(cors, { origin, exposedHeaders, methods, strictPreflight: false });
  }
  await limitRates(app, config);
  repeatAnswers(instance, app.get(AuthGuard));
  await compressAnswers(instance, config);
  app.useGlobalPipes(validationPipe);
  app.useGlobalFilters(new ErrorFilter());
}

/** Nest's own messages in the server's log. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message, context) => logger.debug({ context }, String(message)),
    debug: (message, context) => logger.debug({ context }, String(message)),
    verbose: (message, context) => logger.trace({ context }, String(message)),
    warn: (message, context) => logger.warn({ context }, String(message)),
    error: (message, stack, context) => logger.error({ context, stack }, String(message)),
    fatal: (message, context) => logger.fatal({ context }, String(message)),
  };
}

/** Swagger UI styles its page inline and follows downloads to the object store; all else is served from here. */
function contentSecurityPolicy(storage: StorageConfig) {
  return {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'", ...(storage.kind === 's3' ? [downloadOrigin(storage)] : [])],
    upgradeInsecureRequests: null,
  };
}

function downloadOrigin({ publicEndpoint, bucket, forcePathStyle }: Extract<StorageConfig, { kind: 's3' }>): string {
  const { protocol, host } = new URL(publicEndpoint);
  return `${protocol}//${forcePathStyle ? host : `${bucket}.${host}`}`;
}

/**
 * Fastify does not take a number, because hops do not prove that the peer is a proxy. The network has to ensure that
 * only proxies can connect.
 */
function toTrustProxy(proxies: TrustedProxies) {
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies;
}

function refuseSchema(): never {
  throw new Error('the routes are validated by zod: they have no schema for Fastify');
}

function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && requestIdPattern.test(header) ? header : randomUUID();
}

function handleUnrouted(routes: RouteTable, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const path = request.url.split('?', 1)[0] ?? '';
  const allow = routes.methodsOf(path, protocolOf(request)).join(', ');
  if (allow === '') return done();
  if (request.method === 'OPTIONS') {
    void reply.status(204).header('allow', allow).send();
    return;
  }
  sendError(MethodNotAllowed(undefined, { headers: { allow } }), request, reply);
}
