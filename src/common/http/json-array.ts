import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';

/**
 * A JSON array that is sent while it is read, page after page, so that only one page of it is ever in memory.
 * @param first its first page, read beforehand: an error is then still an answer
 * @param after the page behind an item; an empty one ends the array
 * @param around the JSON before and behind it, for an array within an object
 */
export function jsonArray<Item>(
  first: readonly Item[],
  after: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => object,
  around: readonly [before: string, behind: string] = ['', ''],
): StreamableFile {
  const text = Readable.from(chunks(first, after, toJson, around), { objectMode: false });
  return new StreamableFile(text, { type: 'application/json; charset=utf-8' });
}

async function* chunks<Item>(
  first: readonly Item[],
  after: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => object,
  [before, behind]: readonly [string, string],
): AsyncGenerator<string> {
  let separator = `${before}[`;
  let isEmpty = true;
  let page = first;
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    for (const item of page) {
      yield separator + JSON.stringify(toJson(item));
      separator = ',';
      isEmpty = false;
    }
    page = await after(last);
  }
  yield `${isEmpty ? separator : ''}]${behind}`;
}
