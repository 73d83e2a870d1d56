const MAX_REASON_LENGTH = 480;
const MAX_QUOTED_LENGTH = 120;

/** What JSON leaves as it is but a terminal or a page would act on: DEL, C1 controls, and marks that turn text around. */
const UNPRINTABLE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** An archive that is refused. `reason` is for the author of the package and always under 500 characters. */
export class InvalidPackage extends Error {
  readonly reason: string;

  constructor(reason: string) {
    const short = shorten(reason, MAX_REASON_LENGTH);
    super(short);
    this.name = 'InvalidPackage';
    this.reason = short;
  }
}

/** Text out of an archive as it may stand in a reason: in quotes, escaped and short. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text.slice(0, MAX_QUOTED_LENGTH + 1)).replace(UNPRINTABLE, escapeCharacter);
  const inner = escaped.slice(1, -1);
  return inner.length > MAX_QUOTED_LENGTH ? `"${shorten(inner, MAX_QUOTED_LENGTH)}"` : escaped;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Cut so that no half of a surrogate pair stays behind. */
function shorten(text: string, length: number): string {
  return text.length > length
    ? `${text
        .slice(0, length)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`
    : text;
}
