/**
 * Text from elsewhere as a terminal may get it: without what would move its cursor, change its title or turn text around.
 * Line feeds and tabs stay.
 */
export function safeText(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' || character === '\t' ? character : '\ufffd',
  );
}

/** As safeText, on one line. */
export function safeLine(text: string): string {
  return safeText(text.replace(/\s+/g, ' ')).trim();
}
