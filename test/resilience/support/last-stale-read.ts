import { eventually } from './server-environment.js';

/** The start time of the last request that got an outdated answer. It does not depend on the duration of requests. */
export async function lastStaleRead<T>(read: () => Promise<T>, isRight: (answer: T) => boolean): Promise<number> {
  let lastWrong = -Infinity;
  const answer = await eventually(async () => {
    const asked = performance.now();
    const found = await read();
    if (!isRight(found)) lastWrong = asked;
    return found;
  }, isRight);
  expect(isRight(answer)).toBe(true);
  return lastWrong;
}
