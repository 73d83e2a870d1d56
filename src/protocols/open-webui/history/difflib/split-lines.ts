/** The line ends of Python's `str.splitlines`. A carriage return with a line feed ends one line. */
const lineEnds = ['\r\n', '\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'];
const lineEndPattern = new RegExp(lineEnds.join('|'));

/** The lines without their ends, as in Python's `text.splitlines()`. A final line end does not start another line. */
export function splitLines(text: string): string[] {
  const lines = text.split(lineEndPattern);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
