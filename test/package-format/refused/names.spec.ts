import { directory, entry, gnuLongName, pax, withEntries } from '../archives.js';
import { itRefuses } from './refusal.js';

const named = (name: string | Buffer) => withEntries(entry(name));
const paxBefore = (records: Parameters<typeof pax>[0]) => withEntries(pax(records), entry('a', 'abc'));

describe('readPackage refuses by names', () => {
  itRefuses([
    ['none', () => named(''), 'tar: entry "" has an empty name'],
    ['only ./', () => named('./'), 'tar: entry "./" is a file, but its name ends like a directory'],
    ['absolute', () => named('/etc/passwd'), 'tar: entry "/etc/passwd" has an absolute name'],
    [
      'absolute by its prefix',
      () => withEntries(entry('passwd', '', { prefix: '/etc' })),
      'tar: entry "/etc/passwd" has an absolute name',
    ],
    ['a step up', () => named('../a'), 'tar: entry "../a" has a name that holds ".."'],
    ['a step up within', () => named('a/../b'), 'tar: entry "a/../b" has a name that holds ".."'],
    ['a step up at the end', () => withEntries(directory('a/..')), 'tar: entry "a/.." has a name that holds ".."'],
    ['a backslash', () => named('a\\b'), 'tar: entry "a\\\\b" has a name that holds a backslash'],
    ['a drive letter', () => named('C:/a'), 'tar: entry "C:/a" has a name that starts with a drive letter'],
    ['a drive letter after ./', () => named('./c:a'), 'tar: entry "./c:a" has a name that starts with a drive letter'],
    ['NUL', () => named('a\0b'), 'has a name that holds NUL'],
    ['NUL in the prefix', () => withEntries(entry('a', '', { prefix: 'x\0y' })), 'has a name that holds NUL'],
    ['NUL in a PAX path', () => paxBefore({ path: 'a\0b' }), 'has a name that holds NUL'],
    ['NUL in a GNU name', () => withEntries(gnuLongName('a\0b'), entry('a')), 'has a name that holds NUL'],
    ['a line end', () => named('a\nb'), 'tar: entry "a\\nb" has a name that holds control characters'],
    ['an escape', () => named('a\x1b[2J'), 'tar: entry "a\\u001b[2J" has a name that holds control characters'],
    ['DEL', () => named('a\x7f'), 'tar: entry "a\\u007f" has a name that holds control characters'],
    ['a C1 control', () => named('a\u0085b'), 'tar: entry "a\\u0085b" has a name that holds control characters'],
    ['not UTF-8', () => named(Buffer.from([0x61, 0xff, 0xfe])), 'has a name that is not UTF-8'],
    [
      'half a character at the end',
      () => paxBefore({ path: Buffer.from([0x61, 0xc3]) }),
      'has a name that is not UTF-8',
    ],
    ['over 512 bytes', () => paxBefore({ path: 'x'.repeat(513) }), 'has a name of over 512 bytes'],
    ['over 512 bytes in fewer characters', () => paxBefore({ path: 'ä'.repeat(257) }), 'has a name of over 512 bytes'],
    [
      'over 512 bytes from GNU',
      () => withEntries(gnuLongName('x'.repeat(513)), entry('x')),
      'has a name of over 512 bytes',
    ],
    ['an empty PAX path', () => paxBefore({ path: '' }), 'tar: entry "" has an empty name'],
    [
      'a file ending in a slash',
      () => named('folder/'),
      'tar: entry "folder/" is a file, but its name ends like a directory',
    ],
    [
      'a file ending in /.',
      () => named('folder/.'),
      'tar: entry "folder/." is a file, but its name ends like a directory',
    ],
  ]);
});

describe('readPackage refuses by paths together', () => {
  itRefuses([
    ['the same path', () => withEntries(entry('a'), entry('a')), 'tar: entry "a" is there twice'],
    ['the same after ./', () => withEntries(entry('a'), entry('./a')), 'tar: entry "a" is there twice'],
    ['the same after //', () => withEntries(entry('a/b'), entry('a//./b')), 'tar: entry "a/b" is there twice'],
    ['two roots', () => withEntries(directory('./'), directory('.')), 'tar: entry "./" is there twice'],
    ['two of one directory', () => withEntries(directory('d'), directory('d/')), 'tar: entry "d" is there twice'],
    ['a file and a directory', () => withEntries(entry('d'), directory('d/')), 'tar: entry "d" is there twice'],
    [
      'another case',
      () => withEntries(entry('Notes.md'), entry('nOTES.md')),
      'tar: entry "nOTES.md" is the same path as "Notes.md"',
    ],
    [
      'another case of ß',
      () => withEntries(entry('straße'), entry('STRASSE')),
      'tar: entry "STRASSE" is the same path as "straße"',
    ],
    [
      'another case of the manifest',
      () => withEntries(entry('PROMPT.yaml')),
      'tar: entry "PROMPT.yaml" is the same path as "prompt.yaml"',
    ],
    ['another Unicode form', () => withEntries(entry('caf\u00e9'), entry('cafe\u0301')), 'is the same path as "café"'],
    [
      'a file, then below it',
      () => withEntries(entry('a'), entry('a/b/c')),
      'tar: entry "a" is a file and also the folder of "a/b/c"',
    ],
    [
      'below, then the file',
      () => withEntries(entry('a/b/c'), entry('a-b'), entry('a')),
      'tar: entry "a" is a file and also the folder of "a/b/c"',
    ],
    [
      'below in another case',
      () => withEntries(entry('Docs/x'), entry('docs')),
      'tar: entry "docs" is a file and also the folder of "Docs/x"',
    ],
    [
      'a directory below a file',
      () => withEntries(entry('a'), directory('a/b/')),
      'tar: entry "a" is a file and also the folder of "a/b"',
    ],
  ]);
});
