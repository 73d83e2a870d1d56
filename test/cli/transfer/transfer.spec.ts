import { KeyedQueue } from '@promptyard/cli/transfer/archive/keyed-queue.js';
import { transferConcurrency, mapInOrder, forEachConcurrently } from '@promptyard/cli/transfer/concurrency.js';
import { isSlug, alternativeSlug, slugOf } from '@promptyard/import/slug.js';

const soon = (ms = 1) => new Promise<void>((done) => setTimeout(done, ms));

/** Work that counts how much of it runs at once. */
function watched() {
  const seen = { now: 0, most: 0 };
  const work = async (ms?: number) => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    await soon(ms);
    seen.now -= 1;
  };
  return { seen, work };
}

describe('slugs', () => {
  it.each([
    ['Linux Terminal (v2)', 'linux-terminal-v2'],
    ['  --Éclair__au café!', 'eclair-au-cafe'],
    ['code-review', 'code-review'],
    [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
    ['a'.repeat(100), 'a'.repeat(64)],
  ])('are created from %j: %j', (name, slug) => expect(slugOf(name)).toBe(slug));

  it('are different for names without latin letters', () => {
    const slugs = ['翻訳者', '詩人', '!!!'].map(slugOf);
    expect(new Set(slugs).size).toBe(3);
    for (const slug of slugs) expect(slug).toMatch(/^prompt-[0-9a-f]{8}$/);
  });

  it('have at most 64 characters, also if a name is taken', () => {
    const slug = alternativeSlug(`${'a'.repeat(54)}-${'b'.repeat(9)}`, 'id');
    expect(isSlug(slug)).toBe(true);
    expect(alternativeSlug('a', 'id')).not.toBe(alternativeSlug('a', 'another id'));
  });
});

describe('in parallel', () => {
  it('runs all tasks, a limited number at a time', async () => {
    const { seen, work } = watched();
    const done: number[] = [];
    const items = Array.from({ length: 50 }, (_, index) => index);
    await forEachConcurrently(items, async (item) => {
      await work();
      done.push(item);
    });
    expect(seen.most).toBe(transferConcurrency);
    expect(done.sort((one, other) => one - other)).toEqual(items);
  });

  it('starts nothing after an error, and throws it', async () => {
    let begun = 0;
    const work = forEachConcurrently(Array.from({ length: 100 }), async () => {
      begun += 1;
      await soon();
      throw new Error('first');
    });
    await expect(work).rejects.toThrow('first');
    expect(begun).toBe(transferConcurrency);
  });

  it('returns results in the order of their tasks', async () => {
    const { seen, work } = watched();
    async function* tasks() {
      for (let task = 0; task < 30; task += 1) {
        yield () => work(30 - task).then(() => task);
        await soon(0);
      }
    }
    const results: number[] = [];
    for await (const result of mapInOrder(tasks())) results.push(result);
    expect(results).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(seen.most).toBeGreaterThan(1);
    expect(seen.most).toBeLessThanOrEqual(transferConcurrency);
  });
});

describe('a keyed queue', () => {
  it('keeps the order of each key, and runs several keys at the same time', async () => {
    const { seen, work } = watched();
    const queue = new KeyedQueue();
    const done: string[] = [];
    for (let piece = 0; piece < 10; piece += 1)
      for (const key of ['a', 'b', 'c'])
        await queue.add(key, 1, async () => {
          await work(Math.random() * 3);
          done.push(`${key}${piece}`);
        });
    await queue.drain();
    for (const key of ['a', 'b', 'c'])
      expect(done.filter((piece) => piece.startsWith(key))).toEqual(
        Array.from({ length: 10 }, (_, piece) => `${key}${piece}`),
      );
    expect(seen.most).toBe(3);
  });

  it('delays new tasks while too many bytes wait', async () => {
    const queue = new KeyedQueue();
    let free = () => undefined as void;
    const blocked = new Promise<void>((done) => (free = done));
    await queue.add('a', 60 * 1024 * 1024, () => blocked);
    let isTaken = false;
    const next = queue.add('b', 10 * 1024 * 1024, () => blocked).then(() => (isTaken = true));
    await soon(20);
    expect(isTaken).toBe(false);
    free();
    await next;
    await queue.drain();
  });

  it('starts nothing after an error, and throws it', async () => {
    const queue = new KeyedQueue();
    let later = 0;
    await queue.add('a', 1, () => Promise.reject(new Error('broken')));
    const more = async () => {
      for (;;) await queue.add('a', 1, async () => void (later += await Promise.resolve(1)));
    };
    await expect(more()).rejects.toThrow('broken');
    await expect(queue.drain()).rejects.toThrow('broken');
    expect(later).toBe(0);
  });
});
