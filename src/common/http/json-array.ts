import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';

/**
 * A JSON array that is sent while it is read, page after page, so that only one page of it is ever in memory.
 * @param firstPage its first page, read in advance, so that an error can still be answered
 * @param pageAfter the page after an item; an empty one ends the array
 * @param enclosing the JSON before and after it, for an array within an object
 */
export function jsonArray<Item>(
  firstPage: readonly Item[],
  pageAfter: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => object,
  enclosing: readonly [before: string, behind: string] = ['', ''],
): StreamableFile {
  const text = Readable.from(chunks(firstPage, pageAfter, toJson, enclosing), { objectMode: false });
  return new StreamableFile(text, { type: 'application/json; charset=utf-8' });
}

async function* chunks<Item>(
  firstPage: readonly Item[],
  pageAfter: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => object,
  [opening, closing]: readonly [string, string],
): AsyncGenerator<string> {
  let separator = `${opening}[`;
  let isEmpty = true;
  let page = firstPage;
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    for (const item of page) {
      yield separator + JSON.stringify(toJson(item));
      separator = ',';
      isEmpty = false;
    }
    page = await pageAfter(last);
  }
  yield `${isEmpty ? separator : ''}]${closing}`;
}
