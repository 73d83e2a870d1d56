import pLimit from 'p-limit';

/** The number of concurrent requests for the packages of a project. */
const maxConcurrency = 4;

/**
 * Maps with a few concurrent calls, which start in the items' order; results are in that order, too. After a failure no
 * call starts, and the failure is thrown when the running calls have ended.
 */
export async function mapConcurrently<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  concurrency = maxConcurrency,
): Promise<R[]> {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  let failure: { readonly error: unknown } | undefined;
  const begin = async (item: T): Promise<R> => {
    try {
      return await work(item);
    } catch (error) {
      failure ??= { error };
      limit.clearQueue();
      throw error;
    }
  };
  const ended = await Promise.allSettled(Array.from(items, (item) => limit(begin, item)));
  if (failure) throw failure.error;
  return ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}
