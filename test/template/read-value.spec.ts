import fc from 'fast-check';
import type { JsonObject } from '@promptyard/template/json.js';
import { variableTypes } from '@promptyard/template/definition.js';
import { readValue } from '@promptyard/template/values/read-value.js';

const read = (properties: JsonObject, value?: unknown) =>
  readValue({ name: 'x', required: false, ...properties }, value);
const filled = (text: string) => ({ text, isGiven: true });

const wellFormed: [properties: JsonObject, good: unknown[], bad: unknown[], problem: string][] = [
  [
    { type: 'number' },
    [0, -1.5, 1e21, '0', '-1.50', '.5', '1e3', '1.'],
    ['', ' 1', '1 ', '+1', '0x1', '1,5', 'NaN', '1e999', true],
    'must be a number',
  ],
  [{ type: 'range' }, [1, '2'], ['x', 'Infinity', '--1', '.', 'e1'], 'must be a number'],
  [{ type: 'number', min: 1 }, [1, '1.0', 2], [0.999, '0', -1], 'must be at least 1'],
  [{ type: 'number', max: 120 }, [120, -5], [120.5, '121'], 'must be at most 120'],
  [
    { type: 'number', step: 0.1 },
    [0.3, 0.7, '1.1', -0.1, 123456.7, 0],
    [0.35, '0.01'],
    'must be 0 or whole steps of 0.1 from it',
  ],
  [{ type: 'range', min: 1, step: 2 }, [1, 3, '5'], [2, '4', 1.5], 'must be 1 or whole steps of 2 from it'],
  [{ type: 'number', min: '5', max: null, step: -1 }, [4, 0.1], ['a'], 'must be a number'],
  [{ type: 'number', step: 0 }, [0.1], [''], 'must be a number'],
  [
    { type: 'select', options: ['a', 1, true] },
    ['a', 1, '1', true, 'true'],
    ['A', '', 'a,1', 2, false],
    'must be one of a, 1, true',
  ],
  [{ type: 'checkbox' }, [true, false, 'true', 'false'], ['', 'yes', 1, 0, 'TRUE'], 'must be true or false'],
  [
    { type: 'date' },
    ['2026-03-10', '2024-02-29', '0001-01-01', '9999-12-31'],
    [
      '2023-02-29',
      '2026-02-30',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '0000-01-01',
      '26-1-1',
      '2026-03-10T00:00',
      '',
      ' 2026-03-10',
      20260310,
      '10.03.2026',
    ],
    'must be a date like 2026-03-10',
  ],
  [
    { type: 'datetime-local' },
    ['2026-03-10T15:30', '2026-03-10T00:00:59', '2026-03-10T23:59:59.123'],
    [
      '2026-02-30T10:00',
      '2026-03-10T24:00',
      '2026-03-10 15:30',
      '2026-03-10T15:30Z',
      '2026-03-10',
      'T15:30',
      '2026-03-10T15:30T',
      '',
    ],
    'must be a date and time like 2026-03-10T15:30',
  ],
  [
    { type: 'month' },
    ['2026-03', '0001-12'],
    ['2026-13', '2026-00', '0000-01', '2026', '2026-3', ''],
    'must be a month like 2026-03',
  ],
  [
    { type: 'time' },
    ['00:00', '23:59:59', '12:00:00.5'],
    ['24:00', '12:60', '1:00', '12:00:60', '12', ''],
    'must be a time like 15:30',
  ],
  [
    { type: 'color' },
    ['#1e90ff', '#ABCDEF'],
    ['1e90ff', '#fff', 'red', '#1e90fg', '#1e90ff0', ''],
    'must be a color like #1e90ff',
  ],
  [
    { type: 'email' },
    ['a@b.c', "o'n+x@mail.example.org", 'root@localhost', 'ü@bücher.example'],
    ['a', '@b', 'a@', 'a@b@c', 'a b@c', 'a@b..c', 'a@.b', 'a@b.', '', `${'a'.repeat(250)}@b.cd`],
    'must be an email address',
  ],
  [
    { type: 'url' },
    ['https://example.com', 'http://[::1]:80/a?b#c', 's3://bucket/key', 'https://bücher.example/ü'],
    [
      'example.com',
      'localhost:80',
      'https://',
      'https://a b',
      'https://[',
      'https://a:99999',
      ' https://a',
      '//a',
      'javascript:x',
      '',
    ],
    'must be a URL like https://example.com/',
  ],
];

describe.each(wellFormed)('a value for %j', (properties, good, bad, problem) => {
  it.each(good)('may be %j', (value) => {
    expect(read(properties, value)).toEqual(filled(String(value)));
  });

  it.each(bad)('must not be %j', (value) => {
    expect(read(properties, value)).toEqual({ problem });
  });
});

describe.each(['text', 'textarea', 'map', 'tel', undefined, 'of my own', 7])('a value of type %j', (type) => {
  it('may be any text, as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(read({ ...(type !== undefined && { type }) }, value)).toEqual(filled(value));
      }),
    );
  });

  it.each([1.5, true])('may be %j, written as text', (value) => {
    expect(read({ ...(type !== undefined && { type }) }, value)).toEqual(filled(String(value)));
  });
});

describe.each(variableTypes)('a value of type %s', (type) => {
  it.each([[[]], [{}], [['a']], [Number.NaN], [Infinity], [Symbol('a')], [() => 'a'], [1n]])(
    'is a scalar of JSON and not %p',
    (value) => {
      expect(read({ type }, value)).toEqual({ problem: 'must be text, a number, true or false' });
    },
  );

  it('is text that can be written as UTF-8', () => {
    expect(read({ type }, 'a\ud800')).toEqual({ problem: 'must be valid Unicode' });
  });

  it.each([null, undefined])('rejects %p', (value) => {
    expect(read({ type }, value)).toEqual({ text: '', isGiven: false });
    expect(read({ type, required: true }, value)).toEqual({ problem: 'is required' });
    expect(read({ type, required: true, default: 'as the author says' }, value)).toEqual(filled('as the author says'));
  });

  it.each([[null], [['a']], [{ a: 1 }]])('has no default for %j', (byAuthor) => {
    expect(read({ type, default: byAuthor })).toEqual({ text: '', isGiven: false });
  });
});

it.each([0, false, '', 2.5])('accepts %j as a default', (byAuthor) => {
  expect(read({ default: byAuthor })).toEqual(filled(String(byAuthor)));
});

it('prefers a given value to the default, also the empty text', () => {
  expect(read({ default: 'a' }, '')).toEqual(filled(''));
});

it.each([[[]], ['a'], [[null, {}]], [null], [{ a: 1 }]])('ignores the options %j', (options) => {
  expect(read({ type: 'select', options }, 'anything')).toEqual(filled('anything'));
});

it('does not list many options in the error', () => {
  const options = Array.from({ length: 100 }, (_, index) => `option ${index}`);
  expect(read({ type: 'select', options }, 'x')).toEqual({ problem: 'must be one of its 100 options' });
});

it('accepts every multiple of a decimal step', () => {
  const places = fc.constantFrom(1, 2, 3, 6);
  fc.assert(
    fc.property(
      places,
      fc.integer({ min: 1, max: 999 }),
      fc.integer({ min: -1e6, max: 1e6 }),
      (digits, unit, times) => {
        const scale = 10 ** digits;
        const step = unit / scale;
        const value = ((unit * times) / scale).toFixed(digits);
        expect(read({ type: 'number', step }, value)).toEqual(filled(value));
        const beside = ((unit * times * 2 + unit) / (scale * 2)).toFixed(digits + 1);
        expect(read({ type: 'number', step }, beside)).toHaveProperty('problem');
      },
    ),
  );
});

it.each(['number', 'date', 'email', 'url'])('limits the time for %s', (type) => {
  expect(read({ type }, '1'.repeat(10_000))).toEqual({ problem: 'must have at most 8192 characters' });
});
