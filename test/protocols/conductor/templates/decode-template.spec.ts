import fc from 'fast-check';
import { decodeTemplate } from '../../../../src/protocols/conductor/templates/saving/decode-template.js';
import { processorMs } from '../../../support/processor-time.js';

const python = 'python-httpx/0.28.1';
const raw = ['okhttp/4.12.0', 'Go-http-client/1.1', 'curl/8.5.0', undefined];

/** Texts with many characters that need encoding. */
const template = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        '"',
        '\\',
        '\\"',
        '\\n',
        '\n',
        '\r\n',
        '\t',
        ' ',
        '${name}',
        '{{name}}',
        '\\u00e9',
        'é',
        '🦊',
        '\ufeff',
      ),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => text !== '' && text.isWellFormed());

/** As Python's json.dumps does: nothing but ASCII. */
const dumps = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
/** As System.Text.Json does: quotation marks and markup as escapes, too. */
const csharp = (text: string) => {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  const units = text
    .split('')
    .map((unit) => (/["<>&'+\x7f-\uffff]/.test(unit) ? escaped(unit) : JSON.stringify(unit).slice(1, -1)));
  return `"${units.join('')}"`;
};
/** The published Python client: what str.strip('"') leaves of it. */
const stripped = (text: string) => dumps(text).replaceAll(/^"+|"+$/g, '');

it.each([['undici'], ['node'], [undefined], [python]])(
  'reads every JSON string of the JavaScript client (%s)',
  (agent) => {
    fc.assert(fc.property(template, (text) => expect(decodeTemplate(JSON.stringify(text), agent)).toBe(text)));
  },
);

it('reads every JSON string of the C# client', () => {
  fc.assert(fc.property(template, (text) => expect(decodeTemplate(csharp(text), 'RestSharp/106.0')).toBe(text)));
});

it('reads every text that the Python client escapes and strips of its quotation marks', () => {
  fc.assert(
    fc.property(template, (text) => expect(decodeTemplate(stripped(text), python)).toBe(text)),
    {
      numRuns: 1000,
    },
  );
});

it.each(raw)('leaves raw text unchanged (%s)', (agent) => {
  const unquoted = template.filter((text) => !(text.length > 1 && text.startsWith('"') && text.endsWith('"')));
  fc.assert(fc.property(unquoted, (text) => expect(decodeTemplate(text, agent)).toBe(text)));
});

it.each([
  ['one pair of quotation marks is no part of raw text', '"two\nlines"', undefined, 'two\nlines'],
  ['another pair is', '""q""', undefined, '"q"'],
  ['one mark is no pair', '"', undefined, '"'],
  ['a mark at the front only stays', '"hi', undefined, '"hi'],
  ['a backslash of raw text stays one', 'C:\\new\\temp', 'curl/8.5.0', 'C:\\new\\temp'],
  ['an enclosed raw text that is no JSON keeps its backslashes', '"C:\\xyz"', undefined, 'C:\\xyz'],
  ['an enclosed number is text', '"7"', undefined, '7'],
  ['a bare number is text', '7', undefined, '7'],
  ['a JSON object is text', '{"a":"\\n"}', undefined, '{"a":"\\n"}'],
  ['outer blanks and empty lines stay', '  \n"x"\n', undefined, '  \n"x"\n'],
  ['a mark of byte order stays', '\ufeffx', undefined, '\ufeffx'],
  ['nothing is nothing', '""', undefined, ''],
  ['a lone trailing backslash of Python', 'x\\\\', python, 'x\\'],
  ['a lost quotation mark of Python is put back', '\\"hi\\', python, '"hi"'],
  ['text of Python that is no JSON is raw', 'C:\\xyz', python, 'C:\\xyz'],
  ['text of Python beyond ASCII is raw', 'é C:\\new', python, 'é C:\\new'],
  ['text of Python with bare line breaks is raw', 'a\\n\nb', python, 'a\\n\nb'],
  ['only a user agent that begins so is Python', 'a\\nb', 'like python-httpx', 'a\\nb'],
])('%s', (_, body, agent, text) => {
  expect(decodeTemplate(body, agent)).toBe(text);
});

it('takes no longer for many backslashes than for other text', async () => {
  const body = `${'\\'.repeat(4_000_000)}x"`;
  expect(await processorMs(() => expect(decodeTemplate(body, python)).toBe(body))).toBeLessThan(1000);
});
