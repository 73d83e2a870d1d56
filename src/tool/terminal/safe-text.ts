const escape = '\u001b';
const colour = new RegExp(String.raw`(${escape}\[[\d;]*m)`);

/**
 * Text from elsewhere as a terminal may get it: without what would move its cursor, change its title or turn text around.
 * Line feeds and tabs stay.
 */
export function safeText(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' || character === '\t' ? character : '\ufffd',
  );
}

/** Lines that we have composed: as safeText, but with the colours that are ours. */
export function safeStyled(text: string): string {
  return text
    .split(colour)
    .map((part, i) => (i % 2 === 0 ? safeText(part) : part))
    .join('');
}

/** As safeText, on one line. */
export function safeLine(text: string): string {
  return safeText(text.replace(/\s+/g, ' ')).trim();
}
