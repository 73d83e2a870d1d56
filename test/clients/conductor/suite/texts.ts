import fc from 'fast-check';

const mebibyte = 1024 * 1024;
const lines = 'Dear "${name}",\r\n\tC:\\new\\temp {{x}} é 😀\n'.repeat(23_000);

export interface Text {
  readonly title: string;
  readonly text: string;
  /** The text that is saved by a client without encoding: one pair of enclosing quotation marks is removed. */
  readonly raw?: string;
}

export const texts: readonly Text[] = [
  { title: 'several lines', text: 'first\n\nthird\n' },
  { title: 'CRLF', text: '\r\nfirst\r\nsecond\r\n' },
  { title: 'variables of two kinds', text: 'Dear ${name}, {{name}}, $name and ${}' },
  { title: 'emoji and accents', text: '😀 é e\u0301 日本語 \u{10ffff}' },
  { title: 'backslashes', text: 'C:\\new\\temp \\" \\\\server\\u0041' },
  { title: 'a lone trailing backslash', text: 'ends in \\' },
  { title: 'nothing but a backslash', text: '\\' },
  { title: 'spaces at both ends', text: '  \t indented \u00a0 ' },
  { title: 'nothing but a space', text: ' ' },
  { title: 'a quotation mark in front', text: '"quoted" first' },
  { title: 'a quotation mark at the end', text: 'last comes "quoted"' },
  { title: 'a backslash and a quotation mark at the end', text: 'odd \\"' },
  { title: 'two quotation marks at the end', text: 'an empty ""' },
  { title: 'one quotation mark', text: '"' },
  { title: 'quotation marks at both ends', text: '"quoted"', raw: 'quoted' },
  { title: 'two quotation marks at both ends', text: '""quoted""', raw: '"quoted"' },
  { title: 'quoted lines', text: '"first\nsecond"', raw: 'first\nsecond' },
  { title: 'a JSON object', text: '{"role": "user", "content": "a\\nb"}' },
  { title: 'a JSON array', text: '["a", 1, null]' },
  { title: 'a JSON string', text: '"a\\nb \\u00e9"', raw: 'a\nb é' },
  { title: 'a JSON number', text: '12.0' },
  { title: 'null', text: 'null' },
  { title: 'a byte order mark', text: '\ufeffmarked' },
  { title: 'control characters', text: 'bell \u0007 escape \u001b delete \u007f separators \u2028\u2029' },
  { title: 'markup', text: '<b>&amp; %41 + %</b>' },
  { title: '1 MiB', text: lines + '.'.repeat(mebibyte - Buffer.byteLength(lines)) },
];

/** The smallest text that is too large. */
export const tooLarge = '.'.repeat(mebibyte + 1);

const awkward = [
  '"',
  '\\',
  '\\"',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '${x}',
  '{{x}}',
  '\\n',
  '\\u0041',
  'é',
  '😀',
  '\ufeff',
  'null',
];

/** Any text of a template, with many characters that encoders handle wrongly. PostgreSQL cannot store NUL. */
export const anyText = fc
  .array(fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'binary', maxLength: 5 })), {
    minLength: 1,
    maxLength: 20,
  })
  .map((parts) => parts.join('').replaceAll('\0', ''))
  .filter((text) => text !== '');

export const isInQuotationMarks = (text: string) => text.length > 1 && text.startsWith('"') && text.endsWith('"');
