const maxReasonLength = 480;
const maxQuotedLength = 120;

/** Characters that JSON does not escape but terminals or pages interpret: DEL, C1 controls, and bidirectional marks. */
const unprintablePattern = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The archive is refused. `reason` is for the author of the package and always under 500 characters. */
export class InvalidPackage extends Error {
  readonly reason: string;

  constructor(reason: string) {
    const short = shorten(reason, maxReasonLength);
    super(short);
    this.name = 'InvalidPackage';
    this.reason = short;
  }
}

/** Quotes, escapes and shortens text of an archive for a reason. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text.slice(0, maxQuotedLength + 1)).replace(unprintablePattern, escapeCharacter);
  const inner = escaped.slice(1, -1);
  return inner.length > maxQuotedLength ? `"${shorten(inner, maxQuotedLength)}"` : escaped;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Cut without splitting a surrogate pair. */
function shorten(text: string, length: number): string {
  return text.length > length
    ? `${text
        .slice(0, length)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`
    : text;
}
