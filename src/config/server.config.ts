import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';

import { Flag, HttpUrl, Setting, WholeNumber } from './scalars/scalars.js';
import { TrustProxy } from './scalars/trusted-proxies.js';
import { shareOf, WorkerCount } from './scalars/worker-count.js';

export const serverSettings = z
  .object({
    HOST: Setting.default('127.0.0.1').describe('Address to listen on.'),
    PORT: WholeNumber(3000, 0, 65535).describe('Port to listen on; 0 takes a free one.'),
    PUBLIC_URL: HttpUrl.describe('Address under which clients reach this server; the request’s own host if unset.'),
    LOG_LEVEL: z
      .preprocess(
        (value) => value || undefined,
        z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
      )
      .describe('Least level that is logged.'),
    TRUST_PROXY: TrustProxy.describe(
      'Proxies whose X-Forwarded-* headers count: their number, true for one, or their networks, comma-separated.',
    ),
    CORS_ORIGINS: Setting.describe('Comma-separated origins that browsers may call from, or *; off if unset.'),
    WORKERS: WorkerCount.describe(
      'Processes that answer requests on this machine: a number, or auto for one per core.',
    ),
    RATE_LIMIT_PER_MINUTE: WholeNumber(0).describe(
      'Requests per minute and caller; 0 means no limit. Without REDIS_URL each of several WORKERS allows its share.',
    ),
    REDIS_URL: Setting.refine((url) => url === undefined || /^rediss?:\/\//.test(url), {
      error: 'must be a redis:// or rediss:// address',
    }).describe('Redis or Valkey in which all servers count for RATE_LIMIT_PER_MINUTE; each counts alone if unset.'),
    COMPRESSION: Flag(true).describe('Whether answers are compressed; false behind a proxy that does so itself.'),
    REQUEST_TIMEOUT_SECONDS: WholeNumber(120, 1).describe(
      'Longest time for a request to arrive; one that comes with 8 KiB a second or more may take longer.',
    ),
  })
  .transform((env) => ({
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    logLevel: env.LOG_LEVEL,
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.CORS_ORIGINS?.split(',').map((origin) => origin.trim()) ?? [],
    workers: env.WORKERS,
    rateLimitPerMinute: env.REDIS_URL ? env.RATE_LIMIT_PER_MINUTE : shareOf(env.RATE_LIMIT_PER_MINUTE, env.WORKERS),
    redisUrl: env.REDIS_URL,
    isCompressing: env.COMPRESSION,
    requestTimeoutSeconds: env.REQUEST_TIMEOUT_SECONDS,
  }));

export type ServerConfig = Readonly<z.output<typeof serverSettings>>;
export const ServerConfig = { KEY: getConfigToken('server') };
