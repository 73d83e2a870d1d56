const CONCURRENCY = 4;

/**
 * Maps with a few concurrent calls; results are in order. After a failure it throws when the running calls have ended.
 */
export async function mapConcurrently<T, R>(items: Iterable<T>, work: (item: T) => Promise<R>): Promise<R[]> {
  const queue = [...items].entries();
  const results: R[] = [];
  let failed = false;
  const worker = async () => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: CONCURRENCY }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return results;
}
