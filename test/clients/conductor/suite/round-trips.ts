import fc from 'fast-check';
import type { PublishedClient } from '../published-client.js';
import { anyText, isInQuotationMarks, texts } from './texts.js';
import type { ClientUnderTest } from '../client-under-test.js';

/** A saved text is read and stored byte for byte. */
export function itKeepsTextsUnchanged({ isRaw = false }: PublishedClient, bench: () => ClientUnderTest): void {
  const arrives = async (text: string, expected = text) => {
    const name = bench().aName('text');
    await bench().save(name, text);
    expect(await held(name)).toEqual([expected, expected]);
  };
  const held = async (name: string) => [(await bench().read(name)).template, (await bench().stored(name)).template];

  it.each(texts)('$title', ({ text, raw }) => arrives(text, isRaw ? raw : text));

  it('any text', async () => {
    const sendable = anyText.filter((text) => !isRaw || !isInQuotationMarks(text));
    await fc.assert(
      fc.asyncProperty(sendable, (text) => arrives(text)),
      { numRuns: 50 },
    );
  });
}
