import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { Flag, HttpUrl, Setting, WholeNumber } from './scalars.js';

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
    TRUST_PROXY: Flag(false).describe('Take the client’s address and host from X-Forwarded-* headers.'),
    CORS_ORIGINS: Setting.describe('Comma-separated origins that browsers may call from, or *; off if unset.'),
    RATE_LIMIT_PER_MINUTE: WholeNumber(0).describe('Requests per minute and caller; 0 means no limit.'),
    REQUEST_TIMEOUT_SECONDS: WholeNumber(120, 1).describe('Longest time for a request to arrive.'),
  })
  .transform((env) => ({
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    logLevel: env.LOG_LEVEL,
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.CORS_ORIGINS?.split(',').map((origin) => origin.trim()) ?? [],
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    requestTimeoutSeconds: env.REQUEST_TIMEOUT_SECONDS,
  }));

export type ServerConfig = Readonly<z.output<typeof serverSettings>>;
export const ServerConfig = { KEY: getConfigToken('server') };
