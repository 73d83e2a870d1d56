import { jest } from '@jest/globals';
import { CollapsedLoads } from '../../src/common/collapsed-loads.js';

afterEach(() => jest.restoreAllMocks());

/** Loads that end when the test says so, each with its number. */
function controlledLoads() {
  const pending: PromiseWithResolvers<number>[] = [];
  const load = () => {
    const deferred = Promise.withResolvers<number>();
    pending.push(deferred);
    return deferred.promise;
  };
  const end = (index: number) => pending[index]?.resolve(index);
  const fail = (index: number) => pending[index]?.reject(new Error(`load ${index}`));
  return { load, end, fail, count: () => pending.length };
}

/** After everything that is due in this turn has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('loads at once when nothing is loading', async () => {
  const [loads, { load, end }] = [new CollapsedLoads(), controlledLoads()];
  const first = loads.run('a', load);
  end(0);
  await expect(first).resolves.toBe(0);
  const second = loads.run('a', load);
  end(1);
  await expect(second).resolves.toBe(1);
});

it('gives callers who come meanwhile a load that began after their call, one for all', async () => {
  const [loads, { load, end, count }] = [new CollapsedLoads(), controlledLoads()];
  const first = loads.run('a', load);
  const others = [1, 2, 3].map(() => loads.run('a', load));
  expect(count()).toBe(1);
  end(0);
  await expect(first).resolves.toBe(0);
  await settled();
  expect(count()).toBe(2);
  const last = loads.run('a', load);
  end(1);
  await expect(Promise.all(others)).resolves.toEqual([1, 1, 1]);
  await settled();
  end(2);
  await expect(last).resolves.toBe(2);
});

it('loads again for those who wait when a load fails', async () => {
  const [loads, { load, end, fail }] = [new CollapsedLoads(), controlledLoads()];
  const [first, second] = [loads.run('a', load), loads.run('a', load)];
  fail(0);
  await expect(first).rejects.toThrow('load 0');
  await settled();
  end(1);
  await expect(second).resolves.toBe(1);
});

it('does not mix keys', async () => {
  const [loads, { load, end }] = [new CollapsedLoads(), controlledLoads()];
  const both = [loads.run('a', load), loads.run('b', load)];
  end(1);
  end(0);
  await expect(Promise.all(both)).resolves.toEqual([0, 1]);
});

it('does not wait for a load that hangs', async () => {
  const [loads, { load, end }] = [new CollapsedLoads(), controlledLoads()];
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  const hanging = loads.run('a', load);
  clock.mockReturnValue(1_000);
  const second = loads.run('a', load);
  end(1);
  await expect(second).resolves.toBe(1);
  end(0);
  await expect(hanging).resolves.toBe(0);
});
