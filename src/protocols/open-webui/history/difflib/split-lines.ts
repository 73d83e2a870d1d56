/** What ends a line for Python's `str.splitlines`; a pair of carriage return and line feed ends one. */
const LINE_ENDS = ['\r\n', '\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'];
const LINE_END = new RegExp(LINE_ENDS.join('|'));

/** The lines without their ends, as Python's `text.splitlines()`: an end of the last line begins no further one. */
export function splitLines(text: string): string[] {
  const lines = text.split(LINE_END);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
