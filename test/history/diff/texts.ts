import fc from 'fast-check';

/** Characters that some programs treat as the end of a line; here only `\n` is one. */
const ends = ['\n', '\n', '\n', '\n', '\r\n', '\r', '\u2028', '\u2029', '\u0085', '\f', '\v', ''];

/** A few similar lines, some of them like parts of a patch, so that lines repeat and look like headers. */
const contents = ['a', 'b', 'ab', 'a ', ' a', '', '-a', '+a', '--- a', '+++ b', '@@ -1 +1 @@', '\\ No newline', 'é😀'];

function line(): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...contents), fc.constantFrom(...ends)).map((parts) => parts.join(''));
}

/** A text and a second one, which is either an edited copy or unrelated. */
export function textPair(): fc.Arbitrary<[before: string, after: string]> {
  const lines = fc.array(line(), { maxLength: 30 });
  const edit = fc.record({ at: fc.nat(40), remove: fc.nat(3), insert: fc.array(line(), { maxLength: 3 }) });
  const edited = fc
    .tuple(lines, fc.array(edit, { maxLength: 4 }))
    .map(([before, edits]): [string, string] => [
      before.join(''),
      edits.reduce((text, { at, remove, insert }) => text.toSpliced(at, remove, ...insert), before).join(''),
    ]);
  const unrelated = fc
    .tuple(lines, lines)
    .map(([before, after]): [string, string] => [before.join(''), after.join('')]);
  return fc.oneof({ weight: 3, arbitrary: edited }, unrelated);
}

/** A MiB of short lines, no two of them the same. */
export function megabyteOfLines(prefix: string): string {
  const lines: string[] = [];
  for (let size = 0, index = 0; size < 1024 * 1024; index += 1) {
    const text = `${prefix}${index.toString(36)}\n`;
    lines.push(text);
    size += text.length;
  }
  return lines.join('').slice(0, 1024 * 1024);
}
