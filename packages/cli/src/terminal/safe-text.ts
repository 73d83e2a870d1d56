const escape = '\u001b';
const colour = new RegExp(String.raw`(${escape}\[[\d;]*m)`);

/** What steers a terminal (C0, DEL, C1) or turns text around. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * Text from elsewhere as a terminal may get it: without what would move its cursor, change its title or turn text around.
 * Line feeds and tabs stay.
 */
export function safeText(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) =>
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

/**
 * A value as JSON over several lines, the same for whoever parses it, whose texts cannot steer a terminal. JSON.stringify
 * itself escapes C0 only.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(CONTROL_CHARACTERS, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
