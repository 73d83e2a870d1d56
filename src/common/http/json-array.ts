import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';

/**
 * A JSON array that is sent while it is read, page after page, so that only one page of it is ever in memory.
 * @param first its first page, read beforehand: an error is then still an answer
 * @param after the page behind an item; an empty one ends the array
 */
export function jsonArray<Item>(
  first: readonly Item[],
  after: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => object,
): StreamableFile {
  const text = Readable.from(chunks(first, after, toJson), { objectMode: false });
  return new StreamableFile(text, { type: 'application/json; charset=utf-8' });
}

async function* chunks<Item>(
  first: readonly Item[],
  after: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => object,
): AsyncGenerator<string> {
  let separator = '[';
  let page = first;
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    for (const item of page) {
      yield separator + JSON.stringify(toJson(item));
      separator = ',';
    }
    page = await after(last);
  }
  yield separator === '[' ? '[]' : ']';
}
