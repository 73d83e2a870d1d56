import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';

/** So much is sent at once: a write for each item costs more than the item. */
const chunkLength = 32 * 1024;

/**
 * A JSON array that is sent while it is read, page after page, so that only one page of it is ever in memory.
 * @param firstPage its first page, read in advance, so that an error can still be answered
 * @param pageAfter the page after an item; an empty one ends the array
 * @param toJson the JSON text of an item
 * @param enclosing the JSON before and after it, for an array within an object
 */
export function jsonArray<Item>(
  firstPage: readonly Item[],
  pageAfter: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => string,
  enclosing: readonly [before: string, behind: string] = ['', ''],
): StreamableFile {
  const text = Readable.from(chunks(firstPage, pageAfter, toJson, enclosing), { objectMode: false });
  return new StreamableFile(text, { type: 'application/json; charset=utf-8' });
}

async function* chunks<Item>(
  firstPage: readonly Item[],
  pageAfter: (last: Item) => Promise<readonly Item[]>,
  toJson: (item: Item) => string,
  [opening, closing]: readonly [string, string],
): AsyncGenerator<string> {
  let text = `${opening}[`;
  let separator = '';
  let page = firstPage;
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    for (const item of page) {
      text += separator + toJson(item);
      separator = ',';
      if (text.length < chunkLength) continue;
      yield text;
      text = '';
    }
    // The client need not wait for the next page to get this one.
    if (text !== '') yield text;
    text = '';
    page = await pageAfter(last);
  }
  yield `${text}]${closing}`;
}
