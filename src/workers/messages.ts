import type { FirstLogin } from '../auth/bootstrap/bootstrap.service.js';

/** A message of the primary process to a worker. */
export type WorkerCommand =
  /** The first message. One of the workers migrates the database. The number is used in logs and metrics. */
  | { readonly order: 'start'; readonly number: number; readonly isMigrating: boolean }
  /** Another worker has replaced this one: finish running requests, and end. */
  | { readonly order: 'drain' }
  /** The server stops. */
  | { readonly order: 'stop' }
  /** The answer to a question of a worker; undefined if not all workers have answered. */
  | { readonly order: 'take metrics'; readonly question: number; readonly text: string | undefined };

export interface WorkerReady {
  readonly address: string;
  /** The credentials of the first administrator, if the start of this worker created them. */
  readonly firstLogin: FirstLogin | undefined;
}

/** A message of a worker to the primary process. */
export type WorkerReport =
  | ({ readonly report: 'ready' } & WorkerReady)
  | { readonly report: 'failed'; readonly reason: string }
  | { readonly report: 'give metrics'; readonly question: number };

/** Node itself and the metrics library use the same channel. */
export const isWorkerCommand = (message: unknown): message is WorkerCommand => hasKey(message, 'order');
export const isWorkerReport = (message: unknown): message is WorkerReport => hasKey(message, 'report');

function hasKey(message: unknown, key: string): boolean {
  return typeof message === 'object' && message !== null && key in message;
}
