import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { addressGroup, clientAddress } from '../common/http/client-address.js';
import type { ServerConfig } from '../config/server.config.js';

/** The timeout of a command. Redis then counts as unavailable until it answers. */
const answerTimeoutMs = 250;
const connectTimeoutMs = 1_000;
const maxRetryDelayMs = 2_000;

/**
 * Limits the rate of requests. Limits over all servers are counted in Redis. While Redis is unavailable, no limit
 * applies, because the limit must not take the service down.
 */
export async function limitRates(
  app: NestFastifyApplication,
  { rateLimitPerMinute: max, redisUrl }: ServerConfig,
): Promise<void> {
  if (max === 0) return;
  const { default: rateLimit } = await import('@fastify/rate-limit');
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

/** A connection that fails commands at once while it is down, and reconnects by itself. */
async function connect(url: string, log: FastifyBaseLogger): Promise<Redis> {
  // Loaded only if it is configured, because most servers have no Redis.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    connectionName: 'promptyard',
    connectTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, maxRetryDelayMs),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  logOutageOnce(redis, log);
  return redis;
}

/** Logs only the beginning and the end of an outage, because every connection attempt emits an error. */
function logOutageOnce(redis: Redis, log: FastifyBaseLogger): void {
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
