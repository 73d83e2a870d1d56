import { ArrayType } from '@mikro-orm/core';

/**
 * An array of arbitrary texts. The ORM's own type does not quote every element, so that PostgreSQL would read ` a ` as
 * `a` and `NULL` as null; and it escapes control characters as JSON does, which PostgreSQL reads differently.
 */
export class TextArray extends ArrayType {
  override convertToDatabaseValue(texts: string[] | null): string | null {
    return texts && `{${texts.map(quote).join(',')}}`;
  }
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
