import type { FirstLogin } from '../auth/bootstrap/bootstrap.service.js';

/** What the primary process tells a worker. */
export type Order =
  /** The first thing a worker hears. One of all brings the database up to date; its number stands in logs and metrics. */
  | { readonly order: 'start'; readonly number: number; readonly migrates: boolean }
  /** Another has taken its place: answer what is under way, however long it takes, and end. */
  | { readonly order: 'retire' }
  /** The server ends. */
  | { readonly order: 'stop' }
  /** What a worker has asked for; undefined if not everybody has answered. */
  | { readonly order: 'take metrics'; readonly question: number; readonly text: string | undefined };

export interface Ready {
  readonly address: string;
  /** The first admin's credentials, if this worker's start made them. */
  readonly firstLogin: FirstLogin | undefined;
}

/** What a worker tells the primary process. */
export type Report =
  | ({ readonly report: 'ready' } & Ready)
  | { readonly report: 'failed'; readonly reason: string }
  | { readonly report: 'give metrics'; readonly question: number };

/** Other parties talk through the same channel: Node itself, and the library for metrics. */
export const isOrder = (message: unknown): message is Order => hasKey(message, 'order');
export const isReport = (message: unknown): message is Report => hasKey(message, 'report');

function hasKey(message: unknown, key: string): boolean {
  return typeof message === 'object' && message !== null && key in message;
}
