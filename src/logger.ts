import { type Logger, pino } from 'pino';
import type { ServerConfig } from './config/server.config.js';

/** Writes one line of JSON for each event. */
export function createLogger({ logLevel }: Pick<ServerConfig, 'logLevel'>): Logger {
  return pino({ level: logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
}
