const escape = '\u001b';
const colour = new RegExp(String.raw`(${escape}\[[\d;]*m)`);

/** Characters that control a terminal (C0, DEL, C1) or reverse text. */
const controlCharacters = /[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * Makes foreign text safe for a terminal: removes control characters that move the cursor, change the title or reverse
 * text. Line feeds and tabs stay.
 */
export function safeText(text: string): string {
  return text.replace(controlCharacters, (character) =>
    character === '\n' || character === '\t' ? character : '\ufffd',
  );
}

/** Like safeText, for composed lines whose own colours stay. */
export function safeStyled(text: string): string {
  return text
    .split(colour)
    .map((part, i) => (i % 2 === 0 ? safeText(part) : part))
    .join('');
}

/** Like safeText, on one line. */
export function safeLine(text: string): string {
  return safeText(text.replace(/\s+/g, ' ')).trim();
}

/**
 * Formats a value as JSON and escapes all control characters; the parsed value is the same. JSON.stringify itself
 * escapes C0 only.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(controlCharacters, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
