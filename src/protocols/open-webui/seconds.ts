import { z } from 'zod';

/** The protocol's times. */
export const Seconds = z.int().describe('Seconds since 1970.');

/** @param time as the database or an entity has it */
export function toSeconds(time: string | Date): number {
  return Math.floor(new Date(time).getTime() / 1000);
}
