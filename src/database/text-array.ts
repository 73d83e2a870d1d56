import { ArrayType } from '@mikro-orm/core';

/**
 * An array of any texts. The ORM's own type writes elements that it takes for plain without quotes, and PostgreSQL
 * reads ` a ` there as `a` and `NULL` as no text at all; control characters it writes as JSON does, which is no better.
 */
export class TextArray extends ArrayType {
  override convertToDatabaseValue(texts: string[] | null): string | null {
    return texts && `{${texts.map(quote).join(',')}}`;
  }
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
