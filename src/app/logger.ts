import { type Logger, pino } from 'pino';
import type { ServerConfig } from '../config/server.config.js';

/** Lines are written many at a time, no later than this; what is left is written when the process ends. */
const longestDelayMs = 200;
const usualChunkBytes = 4096;

/** Writes one line of JSON for each event. */
export function createLogger({ logLevel }: Pick<ServerConfig, 'logLevel'>): Logger {
  const output = pino.destination({ sync: false, minLength: usualChunkBytes, periodicFlush: longestDelayMs });
  return pino({ level: logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, output);
}
