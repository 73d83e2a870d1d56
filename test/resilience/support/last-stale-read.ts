import { eventually } from './server-environment.js';

/** When the last answer that was not right any more had been asked for, whatever time the machine took over it. */
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
