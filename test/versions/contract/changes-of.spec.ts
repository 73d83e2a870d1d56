import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { changesOf } from '../../../src/versions/contract/changes-of.js';
import type { ChangeKind } from '../../../src/versions/contract/contract-change.js';
import { checkVersion } from '../../../src/versions/contract/check-version.js';
import { processorMs } from '../../support/processor-time.js';

type Variables = TemplateVariable[];
type Rules = Omit<Partial<TemplateVariable>, 'name' | 'required'>;

const optional = (name: string, rules: Rules = {}): TemplateVariable => ({ ...rules, name, required: false });
const required = (name: string, rules: Rules = {}): TemplateVariable => ({ ...rules, name, required: true });
const number = (rules: Rules = {}): Variables => [optional('x', { type: 'number', ...rules })];
const select = (...options: (string | number | boolean | null)[]): Variables => [
  optional('x', { type: 'select', options }),
];
const typed = (type: string, rules: Rules = {}): Variables => [optional('x', { type, ...rules })];

interface Expected {
  kinds: ChangeKind[];
  /** The smallest right versions above 1.2.3 and 0.4.2. */
  smallest: [stable: string, early: string];
}

const nothing: Expected = { kinds: [], smallest: ['1.2.4', '0.4.3'] };
const minor = (...kinds: ChangeKind[]): Expected => ({ kinds, smallest: ['1.3.0', '0.4.3'] });
const major = (...kinds: ChangeKind[]): Expected => ({ kinds, smallest: ['2.0.0', '0.5.0'] });
const narrowed = major('narrowed');

describe('a change of the variables', () => {
  it.each<[what: string, before: Variables, after: Variables, expected: Expected]>([
    // What comes and goes.
    ['none without variables', [], [], nothing],
    ['another order', [optional('a'), required('b')], [required('b'), optional('a')], nothing],
    ['a new optional one', [], [optional('a')], minor('optional-added')],
    ['two new optional ones', [], [optional('a'), optional('b')], minor('optional-added', 'optional-added')],
    ['a new required one', [], [required('a')], major('required-added')],
    ['a new required one with a default', [], [required('a', { default: 'b' })], major('required-added')],
    [
      'a new required and a new optional one',
      [],
      [optional('a'), required('b')],
      major('optional-added', 'required-added'),
    ],
    ['an optional one removed', [optional('a')], [], major('removed')],
    ['a required one removed', [required('a')], [], major('removed')],
    [
      'one removed and another kind added',
      [optional('a')],
      [optional('b', { type: 'date' })],
      major('removed', 'optional-added'),
    ],
    ['one renamed', [optional('a')], [optional('b')], major('renamed')],
    [
      'one renamed with all its rules',
      [required('a', { min: 1, type: 'number' })],
      [required('b', { type: 'number', min: 1 })],
      major('renamed'),
    ],
    ['one renamed to required', [optional('a')], [required('b')], major('removed', 'required-added')],
    [
      'two renamed that can be told apart',
      [optional('a'), required('b')],
      [required('c'), optional('d')],
      major('renamed', 'renamed'),
    ],
    [
      'two for two that cannot be told apart',
      [optional('a'), optional('b')],
      [optional('c'), optional('d')],
      major('removed', 'removed', 'optional-added', 'optional-added'),
    ],
    [
      'one for two alike',
      [optional('a')],
      [optional('c'), optional('d')],
      major('removed', 'optional-added', 'optional-added'),
    ],
    // Whether it is required.
    ['an optional one required', [optional('a')], [required('a')], major('required')],
    ['a required one optional', [required('a')], [optional('a')], nothing],
    ['required and narrowed at once', typed('text'), [required('x', { type: 'date' })], major('required', 'narrowed')],
    // What asks nothing of the caller.
    ['another default', typed('text', { default: 'a' }), typed('text', { default: 'b' }), nothing],
    ['no default any more', typed('text', { default: 'a' }), typed('text'), nothing],
    [
      'another label and placeholder',
      typed('text', { label: 'A' }),
      typed('text', { label: 'B', placeholder: 'C' }),
      nothing,
    ],
    ['limits of a text', typed('text'), typed('text', { min: 1, max: 2, options: ['a'] }), nothing],
    // Types.
    ['text to textarea', typed('text'), typed('textarea'), nothing],
    ['no type to tel', [optional('x')], typed('tel'), nothing],
    ['map to a type of the author', typed('map'), typed('persona'), nothing],
    ['number to text', number({ min: 1, max: 2 }), typed('text'), nothing],
    ['number to range', number({ min: 1 }), typed('range', { min: 1 }), nothing],
    ['date to textarea', typed('date'), typed('textarea'), nothing],
    ['checkbox to text', typed('checkbox'), typed('text'), nothing],
    ['text to number', typed('text'), typed('number'), narrowed],
    ['no type to checkbox', [optional('x')], typed('checkbox'), narrowed],
    ['tel to email', typed('tel'), typed('email'), narrowed],
    ['text to url', typed('text'), typed('url'), narrowed],
    ['date to datetime-local', typed('date'), typed('datetime-local'), narrowed],
    ['month to date', typed('month'), typed('date'), narrowed],
    ['time to time', typed('time', { min: '10:00' }), typed('time', { min: '12:00' }), nothing],
    ['color to number', typed('color'), typed('number'), narrowed],
    ['number to select', number({ min: 1, max: 2, step: 1 }), select(1, 2), narrowed],
    ['number to date', number(), typed('date'), narrowed],
    // Options.
    ['an option added', select('a', 'b'), select('a', 'b', 'c'), nothing],
    ['options in another order, one twice', select('a', 'b'), select('b', 'a', 'b'), nothing],
    ['an option removed', select('a', 'b'), select('a'), narrowed],
    ['an option renamed', select('a', 'b'), select('a', 'B'), narrowed],
    ['options as text', select(1, true), select('1', 'true'), nothing],
    ['all options removed: any text', select('a', 'b'), select(), nothing],
    ['options where there were none', select(), select('a'), narrowed],
    ['options that are no scalars', select(null), typed('select', { options: [{ a: 1 }] }), nothing],
    ['options that are no list', select('a'), typed('select', { options: 'a' }), nothing],
    ['text to select', typed('text'), select('a'), narrowed],
    ['text to select without options', typed('text'), typed('select'), nothing],
    ['select to checkbox', select('true', false), typed('checkbox'), nothing],
    ['select to checkbox, one of three', select('true', 'false', 'maybe'), typed('checkbox'), narrowed],
    ['checkbox to select', typed('checkbox'), select(true, false, 'maybe'), nothing],
    ['select to number', select('1', 2.5, '-3e2'), typed('number', { min: -300 }), nothing],
    ['select to number, one too large', select(1, 2), typed('number', { max: 1 }), narrowed],
    ['select to date', select('2026-03-10'), typed('date'), nothing],
    ['select to date, one no day', select('2026-03-10', '2026-02-30'), typed('date'), narrowed],
    // Numbers.
    ['min lowered', number({ min: 1 }), number({ min: 0 }), nothing],
    ['min raised', number({ min: 1 }), number({ min: 2 }), narrowed],
    ['min where there was none', number(), number({ min: 0 }), narrowed],
    ['no min any more', number({ min: 0 }), number(), nothing],
    ['min that is text', number(), number({ min: '5' }), nothing],
    ['max raised', number({ max: 9 }), number({ max: 10 }), nothing],
    ['max lowered', number({ max: 10 }), number({ max: 9 }), narrowed],
    [
      'max lowered where no step leads',
      number({ min: 0, max: 10, step: 3 }),
      number({ min: 0, max: 9, step: 3 }),
      nothing,
    ],
    ['a step where there was none', number(), number({ step: 1 }), narrowed],
    ['no step any more', number({ step: 1 }), number(), nothing],
    ['a step of no size', number(), number({ step: 0 }), nothing],
    ['a coarser step', number({ step: 1 }), number({ step: 2 }), narrowed],
    ['a finer step', number({ step: 2 }), number({ step: 1 }), nothing],
    ['a finer step that leads past', number({ step: 1 }), number({ step: 0.3 }), narrowed],
    ['a step of decimals', number({ min: 0, step: 0.3 }), number({ min: 0, step: 0.1 }), nothing],
    ['steps from another min', number({ min: 0, step: 2 }), number({ min: -1, step: 2 }), narrowed],
    ['steps from a min that lies on them', number({ min: 0, step: 2 }), number({ min: -4, step: 2 }), nothing],
    ['only one number, on a step', number({ min: 4, max: 4 }), number({ step: 2 }), nothing],
    ['only one number, off the steps', number({ min: 3, max: 3 }), number({ step: 2 }), narrowed],
    ['no number that could be taken', number({ min: 2, max: 1 }), typed('date'), nothing],
    [
      'very small and very large numbers',
      number({ min: 5e-324, max: 1e300 }),
      number({ min: 0, max: 1.7e308 }),
      nothing,
    ],
  ])('%s', (_what, before, after, { kinds, smallest }) => {
    const changes = changesOf(before, after);
    expect(changes.map(({ kind }) => kind)).toEqual(kinds);
    expect(['1.2.3', '0.4.2'].map((previous) => checkVersion(previous, previous, changes).smallest)).toEqual(smallest);
  });
});

describe('a message', () => {
  const messages = (before: Variables, after: Variables) => changesOf(before, after).map(({ message }) => message);

  it.each<[before: Variables, after: Variables, message: string]>([
    [[], [required('a')], '"a" is new and required'],
    [[], [optional('a')], '"a" is new and optional'],
    [[optional('a')], [required('a')], '"a" was optional and is required now'],
    [[optional('a')], [], '"a" is not there any more'],
    [[optional('a')], [optional('b')], '"a" is called "b" now'],
    [typed('text'), typed('email'), '"x" took any text, now takes an email address'],
    [typed('date'), select('a', 'b'), '"x" took a date, now takes only "a", "b"'],
    [
      number(),
      number({ min: 1, max: 9.5, step: 0.5 }),
      '"x" took any number, now takes numbers from 1 up to 9.5 in steps of 0.5',
    ],
    [typed('checkbox'), typed('url'), '"x" no longer takes "true", "false"'],
  ])('describes the difference: %#', (before, after, message) => {
    expect(messages(before, after)).toEqual([message]);
  });

  it('stays short for long texts of an author', () => {
    const options = Array.from({ length: 1000 }, (_, index) => `${index}`.padEnd(1000, '😀'));
    const [message = ''] = messages(select(...options), select('a'));
    expect(message).toMatch(/^"x" no longer takes "0😀.*…", .*, 995 more$/u);
    expect(message.length).toBeLessThan(400);
    expect(message.isWellFormed()).toBe(true);
  });
});

it('names the old and the new name of a renamed variable', () => {
  expect(changesOf([optional('a')], [optional('b')])).toEqual([
    { variable: 'a', kind: 'renamed', severity: 'major', message: '"a" is called "b" now', renamed_to: 'b' },
  ]);
});

it('does not confuse variables with properties of all objects', () => {
  expect(changesOf([], [optional('toString')])).toMatchObject([{ variable: 'toString', kind: 'optional-added' }]);
});

it('is fast with as many variables and options as a revision can have', async () => {
  const many = (prefix: string) => Array.from({ length: 10_000 }, (_, index) => optional(`${prefix}${index}`));
  const options = Array.from({ length: 100_000 }, (_, index) => `${index}`);
  const time = await processorMs(() => {
    expect(changesOf(many('a'), many('b'))).toHaveLength(20_000);
    expect(changesOf(select(...options), select(...options.toReversed()))).toEqual([]);
  });
  expect(time).toBeLessThan(1000);
});
