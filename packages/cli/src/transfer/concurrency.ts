import { mapConcurrently } from '../map-concurrently.js';

/** The number of concurrent requests of a transfer, which leaves capacity for other clients. */
export const transferConcurrency = 8;

/**
 * Runs `work` for all items, started in their order, transferConcurrency at a time. After an error it throws when the running
 * calls have ended.
 */
export async function forEachConcurrently<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  await mapConcurrently(items, work, transferConcurrency);
}

/** The results of the tasks in the order of the tasks. At most transferConcurrency of them run or wait to be consumed. */
export async function* mapInOrder<Result>(
  tasks: AsyncIterable<() => Promise<Result>> | Iterable<() => Promise<Result>>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for await (const task of tasks) {
    const running = task();
    running.catch(() => undefined); // it is awaited below, perhaps only after another one has failed
    started.push(running);
    if (started.length < transferConcurrency) continue;
    const first = started.shift();
    if (first) yield await first;
  }
  for (const rest of started) yield await rest;
}
