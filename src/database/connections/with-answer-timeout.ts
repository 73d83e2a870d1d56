import type { Client } from 'pg';
import { RunningTimeout } from '../../common/running-timeout.js';

/**
 * Destroys the connection, which makes the statement fail, if it is not answered within so many milliseconds in which
 * this process ran.
 */
export async function withAnswerTimeout<T>(ms: number, client: Client, answer: Promise<T>): Promise<T> {
  const timeout = new RunningTimeout(ms, () => client.connection.stream.destroy());
  try {
    return await answer;
  } finally {
    timeout.clear();
  }
}
