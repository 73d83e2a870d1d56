import { entry, gzip, padded, pax, withEntries } from '../archives.js';
import { reasonFor } from './refusal.js';

const good = withEntries();

const paxBefore = (records: Parameters<typeof pax>[0]) => withEntries(pax(records), entry('a', 'abc'));

describe('a reason', () => {
  it.each(['x', '\x01', '\u202e', '"', '\u{1f600}', 'é'])(
    'stays short and printable for names full of %j',
    async (character) => {
      const reason = await reasonFor(paxBefore({ path: `/${character.repeat(100)}` }));
      expect(reason?.length).toBeLessThan(500);
      expect(reason).toMatch(/^tar: entry ".*(control characters|absolute name)$/u);
      expect(reason).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    },
  );

  it('is the same for any chunks of the bytes', async () => {
    for (const archive of [
      Buffer.concat([good, good]),
      good.subarray(0, 50),
      withEntries(entry('../a')),
      gzip(padded(Buffer.from('x'))),
    ]) {
      const whole = await reasonFor(archive);
      expect(whole).toBeDefined();
      for (const chunkSize of [1, 7, 511, 513]) expect(await reasonFor(archive, chunkSize)).toBe(whole);
    }
  });
});

it('the archives of these tests are otherwise valid', async () => {
  expect(await reasonFor(good)).toBeUndefined();
});
