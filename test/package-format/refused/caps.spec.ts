import { directory, entry, gzip, header, required, tar, withEntries } from '../archives.js';
import { itRefuses } from './refusal.js';

const mib = 1024 * 1024;
const zeros = (size: number) => Buffer.alloc(size);
/** A header with that size, for a body that does not follow. */
const sized = (size: Buffer | number) => withEntries(header({ name: 'a', size }));
const field = (text: string) => Buffer.from(text.padEnd(12, '\0'), 'latin1');

describe('readPackage refuses by sizes', () => {
  itRefuses([
    ['letters', () => sized(field('garbage')), 'tar: entry "a" has a size that is not a number'],
    ['nothing', () => sized(field('')), 'tar: entry "a" has a size that is not a number'],
    ['only spaces', () => sized(field('            ')), 'tar: entry "a" has a size that is not a number'],
    ['a digit over 7', () => sized(field('00000000008')), 'tar: entry "a" has a size that is not a number'],
    ['digits and then letters', () => sized(field('0000000001x')), 'tar: entry "a" has a size that is not a number'],
    ['digits after the end', () => sized(field('000\x00001')), 'tar: entry "a" has a size that is not a number'],
    ['a sign', () => sized(field('-0000000001')), 'tar: entry "a" has a size that is not a number'],
    ['negative base-256', () => sized(Buffer.alloc(12, 0xff)), 'tar: entry "a" has a size that is not a number'],
    [
      'huge base-256',
      () => sized(Buffer.from([0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
      'tar: entry "a" is over 10 MiB',
    ],
    [
      'base-256 of a cut file',
      () => sized(Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0])),
      'tar: entry "a" is cut off',
    ],
    ['8 GiB in octal', () => sized(field('77777777777')), 'tar: entry "a" is over 10 MiB'],
    ['a byte over 10 MiB', () => withEntries(entry('a', zeros(10 * mib + 1))), 'tar: entry "a" is over 10 MiB'],
    [
      'files over 50 MiB together',
      () => withEntries(...['a', 'b', 'c', 'd', 'e'].map((name) => entry(name, zeros(10 * mib)))),
      'tar: entry "e" brings all files together over 50 MiB',
    ],
    [
      'over 52 MiB of zeros at the end',
      () => gzip(Buffer.concat([tar(required()), zeros(52 * mib)])),
      'gzip: over 52 MiB come out of it',
    ],
    [
      '1 001 entries',
      () => withEntries(...Array.from({ length: 999 }, (_, index) => entry(`f${index}`))),
      'tar: there are over 1000 entries',
    ],
    [
      '1 001 directories',
      () => withEntries(...Array.from({ length: 999 }, (_, index) => directory(`f${index}/`))),
      'tar: there are over 1000 entries',
    ],
  ]);
});
