import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import rateLimit from '@fastify/rate-limit';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { addressGroup, clientAddress } from '../common/http/client-address.js';
import type { ServerConfig } from '../config/server.config.js';

/** Nobody waits longer for a Redis that does not answer; after that it counts as down until it does. */
const longestAnswerMs = 250;
const longestConnectMs = 1_000;
const longestPauseMs = 2_000;

/**
 * Turns away who asks too often. Who is counted over all servers is counted in Redis, and while Redis is down by
 * nobody: a limit that protects the service must not be what takes it down.
 */
export async function limitRates(
  app: NestFastifyApplication,
  { rateLimitPerMinute: max, redisUrl }: ServerConfig,
): Promise<void> {
  if (max === 0) return;
  const keyGenerator = (request: FastifyRequest) => addressGroup(clientAddress(request));
  const limit = { max, timeWindow: '1 minute', keyGenerator };
  if (redisUrl === undefined) {
    await app.register(rateLimit, limit);
    return;
  }
  const instance: FastifyInstance = app.getHttpAdapter().getInstance();
  const redis = await connect(redisUrl, instance.log);
  instance.addHook('onClose', (_instance, done) => {
    redis.disconnect();
    done();
  });
  await app.register(rateLimit, { ...limit, redis, nameSpace: 'promptyard:rate:', skipOnError: true });
}

/** A connection on which commands fail at once while it is not there; it comes back by itself. */
async function connect(url: string, log: FastifyBaseLogger): Promise<Redis> {
  // Loaded where it is used: most servers have no Redis.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    connectionName: 'promptyard',
    connectTimeout: longestConnectMs,
    socketTimeout: longestAnswerMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, longestPauseMs),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  tellOnce(redis, log);
  return redis;
}

/** Every attempt to connect fails with an error of its own; people want to know when it began and when it is over. */
function tellOnce(redis: Redis, log: FastifyBaseLogger): void {
  let isDown = false;
  redis.on('error', ({ message, code }: NodeJS.ErrnoException) => {
    if (!isDown) log.warn(`Redis does not answer, so rate limits are off: ${message || String(code)}`);
    isDown = true;
  });
  redis.on('ready', () => {
    if (isDown) log.warn('Redis answers again: rate limits hold');
    isDown = false;
  });
}
