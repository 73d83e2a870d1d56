import { getConfigToken } from '@nestjs/config';

/** `visitorSalt` keys the hash that stands for a caller's address, so that no address is ever stored. */
export interface AnalyticsConfig {
  readonly visitorSalt: Buffer;
}
export const AnalyticsConfig = { KEY: getConfigToken('analytics') };
