import { entry, gnuLongName, gzip, header, pax, paxRecord, required, withEntries } from '../archives.js';
import { itRefuses } from './refusal.js';

const zeros = (size: number) => Buffer.alloc(size);
const paxBefore = (records: Parameters<typeof pax>[0]) => withEntries(pax(records), entry('a', 'abc'));

describe('readPackage refuses by extended headers', () => {
  itRefuses([
    ['a record without a length', () => paxBefore('path=x\n'), 'tar: malformed records in a PAX header'],
    ['a length too short', () => paxBefore('6 path=x\n'), 'tar: malformed records in a PAX header'],
    ['a length too long', () => paxBefore('99 path=x\n'), 'tar: malformed records in a PAX header'],
    ['a length of zero', () => paxBefore('0 path=x\n'), 'tar: malformed records in a PAX header'],
    ['a length with zeros before it', () => paxBefore('011 path=x\n'), 'tar: malformed records in a PAX header'],
    ['a negative length', () => paxBefore('-9 path=x\n'), 'tar: malformed records in a PAX header'],
    ['no equals sign', () => paxBefore('8 path\n\n'), 'tar: malformed records in a PAX header'],
    ['no key', () => paxBefore('6 =ab\n'), 'tar: malformed records in a PAX header'],
    ['no line end', () => paxBefore('9 path=xy'), 'tar: malformed records in a PAX header'],
    ['NULs after the records', () => paxBefore('10 path=x\n\0\0'), 'tar: malformed records in a PAX header'],
    [
      'a key that is not UTF-8',
      () => paxBefore(Buffer.concat([Buffer.from('6 '), Buffer.from([0xff]), Buffer.from('=a\n')]).toString('latin1')),
      'tar: malformed records in a PAX header',
    ],
    [
      'a key twice',
      () =>
        withEntries(
          entry('p', Buffer.concat([paxRecord('path', 'a'), paxRecord('path', 'b')]), { type: 'x' }),
          entry('a'),
        ),
      'tar: malformed records in a PAX header',
    ],
    [
      'two PAX headers',
      () => withEntries(pax({ mtime: '1' }), pax({ mtime: '1' }), entry('a')),
      'tar: two PAX headers for one entry',
    ],
    [
      'two GNU names',
      () => withEntries(gnuLongName('a'), gnuLongName('b'), entry('a')),
      'tar: two GNU long names for one entry',
    ],
    [
      'two global headers',
      () => withEntries(pax({ comment: '1' }, 'g'), pax({ comment: '1' }, 'g'), entry('a')),
      'tar: two global PAX headers for one entry',
    ],
    [
      'a PAX path, then a GNU name',
      () => withEntries(pax({ path: 'a' }), gnuLongName('b'), entry('c')),
      'tar: entry "b" has both a PAX path and a GNU long name',
    ],
    [
      'a GNU name, then a PAX path',
      () => withEntries(gnuLongName('b'), pax({ path: 'a' }), entry('c')),
      'tar: entry "b" has both a PAX path and a GNU long name',
    ],
    [
      'a PAX header at the end',
      () => withEntries(pax({ path: 'a' })),
      'tar: no entry follows the last extended header',
    ],
    ['a GNU name at the end', () => withEntries(gnuLongName('a')), 'tar: no entry follows the last extended header'],
    [
      'a global header at the end',
      () => withEntries(pax({ comment: 'a' }, 'g')),
      'tar: no entry follows the last extended header',
    ],
    [
      'a global header with a path',
      () => withEntries(pax({ comment: 'a', path: 'b' }, 'g'), entry('a')),
      'tar: the global PAX header holds "path"; only a comment is taken',
    ],
    [
      'a global header with a size',
      () => withEntries(pax({ size: '0' }, 'g'), entry('a')),
      'tar: the global PAX header holds "size"',
    ],
    [
      'a malformed global header',
      () => withEntries(pax('x', 'g'), entry('a')),
      'tar: malformed records in a global PAX header',
    ],
    ['over 64 KiB of PAX', () => paxBefore({ comment: 'x'.repeat(65_536) }), 'is an extended header of over 64 KiB'],
    [
      'over 64 KiB of a GNU name',
      () => withEntries(gnuLongName('x'.repeat(65_536)), entry('a')),
      'is an extended header of over 64 KiB',
    ],
    [
      'half a PAX header',
      () => gzip(Buffer.concat([required(), header({ name: 'p', type: 'x', size: 600 }), zeros(100)])),
      'tar: entry "p" is cut off',
    ],
    [
      'a PAX size that differs',
      () => paxBefore({ size: '4' }),
      'tar: entry "a" has the size 3, but its PAX header says "4"',
    ],
    [
      'a negative PAX size',
      () => paxBefore({ size: '-3' }),
      'tar: entry "a" has the size 3, but its PAX header says "-3"',
    ],
    [
      'a PAX size that is no number',
      () => paxBefore({ size: '3x' }),
      'tar: entry "a" has the size 3, but its PAX header says "3x"',
    ],
    ['an empty PAX size', () => paxBefore({ size: '' }), 'tar: entry "a" has the size 3, but its PAX header says ""'],
  ]);
});
