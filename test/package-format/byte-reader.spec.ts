import { Readable } from 'node:stream';
import { ByteReader } from '@promptyard/package-format/byte-reader.js';
import { stream } from './archives.js';

const reader = (text: string, chunkSize: number) => new ByteReader(stream(Buffer.from(text), chunkSize));

describe('ByteReader', () => {
  it('reads bytes across chunks, and fewer only at the end', async () => {
    const bytes = reader('abcdefgh', 3);
    expect(String(await bytes.take(2))).toBe('ab');
    expect(String(await bytes.take(5))).toBe('cdefg');
    expect(await bytes.take(0)).toHaveLength(0);
    expect(String(await bytes.take(5))).toBe('h');
    expect(await bytes.take(5)).toHaveLength(0);
  });

  it('skips bytes, and fails if there are too few', async () => {
    const bytes = reader('abcdefgh', 3);
    expect(await bytes.skip(4)).toBe(true);
    expect(String(await bytes.next())).toBe('ef');
    expect(await bytes.skip(2)).toBe(true);
    expect(await bytes.skip(1)).toBe(false);
    expect(await bytes.next()).toBeUndefined();
  });

  it('returns bytes again that were put back', async () => {
    const bytes = reader('abcdef', 3);
    bytes.putBack((await bytes.next())?.subarray(1) ?? Buffer.alloc(0));
    expect(String(await bytes.take(3))).toBe('bcd');
  });

  it('leaves out empty chunks', async () => {
    const bytes = new ByteReader(Readable.from(['', 'a', '', '', 'b'].map((text) => Buffer.from(text))));
    expect(String(await bytes.next())).toBe('a');
    expect(String(await bytes.next())).toBe('b');
  });

  it('uses one buffer for all reads across chunks', async () => {
    const bytes = reader('x'.repeat(100_000), 1000);
    const first = await bytes.take(5500);
    expect((await bytes.take(5000)).buffer).toBe(first.buffer);
  });
});
