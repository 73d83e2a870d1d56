import { type Logger, pino } from 'pino';
import type { ServerConfig } from '../config/server.config.js';

/** Lines are buffered for at most this long. The rest is written when the process ends. */
const flushIntervalMs = 200;
const bufferBytes = 15 * 1024;

/** Writes one line of JSON for each event. */
export function createLogger({ logLevel }: Pick<ServerConfig, 'logLevel'>): Logger {
  const output = pino.destination({ sync: false, minLength: bufferBytes, periodicFlush: flushIntervalMs });
  return pino({ level: logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, output);
}
