import { toCsv } from '../../src/common/csv.js';

const cell = (text: string) => toCsv(['h'], [[text]]).slice('h\r\n'.length, -'\r\n'.length);

it('ends every line as RFC 4180 says', () => {
  expect(
    toCsv(
      ['a', 'b'],
      [
        ['x', 1],
        ['y', 2],
      ],
    ),
  ).toBe('a,b\r\nx,1\r\ny,2\r\n');
  expect(toCsv(['a'], [])).toBe('a\r\n');
});

it.each(['=1+1', '+1', '-1', '@sum(a1)', '\t=1', '\r=1'])('keeps %j from being run as a formula', (text) => {
  expect(cell(text)).toBe(`"'${text}"`);
});

it.each([
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=cmd|"/c calc"!a1', `"'=cmd|""/c calc""!a1"`],
])('quotes %j', (text, quoted) => {
  expect(cell(text)).toBe(quoted);
});

it.each(['', 'plain', '1.0.0', 'a=b', 'caf\u00e9'])('leaves %j as it is', (text) => {
  expect(cell(text)).toBe(text);
});

it('leaves numbers alone, negative ones too', () => {
  expect(toCsv(['n'], [[-5]])).toBe('n\r\n-5\r\n');
});
