import type { Client } from 'pg';
import { RunningTimeout } from '../../common/running-timeout.js';

/** Gives the connection up, which makes the statement fail, if it is not answered in so many milliseconds of this process. */
export async function withAnswerTimeout<T>(ms: number, client: Client, answer: Promise<T>): Promise<T> {
  const timeout = new RunningTimeout(ms, () => client.connection.stream.destroy());
  try {
    return await answer;
  } finally {
    timeout.clear();
  }
}
