import { directory, endBlocks, entry, gzip, header, pax, required, tar, withEntries } from '../archives.js';
import { itRefuses } from './refusal.js';

const zeros = (size: number) => Buffer.alloc(size);
const paxBefore = (records: Parameters<typeof pax>[0]) => withEntries(pax(records), entry('a', 'abc'));

describe('readPackage refuses by the tar as a whole', () => {
  itRefuses([
    ['nothing in the gzip', () => gzip(zeros(0)), /^tar: the archive is empty; prompt\.yaml is missing$/],
    ['only end blocks', () => gzip(endBlocks), 'prompt.yaml is missing'],
    ['no tar', () => gzip(Buffer.from('hello'.repeat(500))), 'tar: this is not a tar archive'],
    ['a short text', () => gzip(Buffer.from('hello')), 'tar: the archive ends in the middle of a header'],
    [
      'half a header',
      () => gzip(Buffer.concat([required(), entry('a').subarray(0, 100)])),
      'tar: the archive ends in the middle of a header',
    ],
    [
      'half a body',
      () => gzip(Buffer.concat([required(), entry('a', zeros(5000)).subarray(0, 1024)])),
      'tar: entry "a" is cut off',
    ],
    [
      'half a manifest',
      () => gzip(entry('prompt.yaml', zeros(5000)).subarray(0, 1024)),
      'tar: entry "prompt.yaml" is cut off',
    ],
    [
      'a body without its padding',
      () => gzip(Buffer.concat([required(), entry('a', 'abc').subarray(0, 515)])),
      'tar: entry "a" is cut off',
    ],
    ['no end blocks', () => gzip(required()), 'tar: the archive ends without its two end blocks'],
    [
      'one end block',
      () => gzip(Buffer.concat([required(), zeros(512)])),
      'tar: the archive ends without its second end block',
    ],
    [
      'one and a half end blocks',
      () => gzip(Buffer.concat([required(), zeros(1000)])),
      'tar: the archive ends without its second end block',
    ],
    [
      'a zero block between entries',
      () => gzip(tar(required(), zeros(512), entry('a'))),
      'tar: a single block of zeros stands between entries',
    ],
    [
      'an entry after the end',
      () => gzip(tar(tar(required()), entry('a'))),
      'tar: something other than zeros follows the end blocks',
    ],
    [
      'a byte far after the end',
      () => gzip(Buffer.concat([tar(required()), zeros(300_001), Buffer.from('x')])),
      'tar: something other than zeros follows the end blocks',
    ],
    [
      'a bad checksum at first',
      () => gzip(tar(header({ name: 'a', checksum: 1 }))),
      'tar: this is not a tar archive (bad header checksum in its first block)',
    ],
    [
      'a bad checksum later',
      () => withEntries(header({ name: 'a', checksum: 1 })),
      'tar: bad header checksum at byte 2048',
    ],
    [
      'a checksum that is no number',
      () => gzip(tar(header({ name: 'a' }).fill('z', 148, 156))),
      'tar: this is not a tar archive',
    ],
    [
      'a header without a known magic',
      () => withEntries(entry('a', '', { magic: '' })),
      'tar: entry "a" has neither a ustar nor a GNU header',
    ],
    [
      'a magic of its own',
      () => withEntries(entry('a', '', { magic: 'ustar\x0099' })),
      'tar: entry "a" has neither a ustar nor a GNU header',
    ],
  ]);
});

describe('readPackage refuses by kinds of entries', () => {
  itRefuses([
    [
      'a hard link',
      () => withEntries(entry('l', '', { type: '1', link: 'prompt.md' })),
      'tar: entry "l" is a hard link; only regular files and directories are taken',
    ],
    [
      'a symbolic link',
      () => withEntries(entry('l', '', { type: '2', link: '/etc/passwd' })),
      'tar: entry "l" is a symbolic link',
    ],
    [
      'a manifest that is a link',
      () => gzip(tar(entry('prompt.yaml', '', { type: '2', link: 'x' }))),
      'tar: entry "prompt.yaml" is a symbolic link',
    ],
    ['a character device', () => withEntries(entry('d', '', { type: '3' })), 'tar: entry "d" is a character device'],
    ['a block device', () => withEntries(entry('d', '', { type: '4' })), 'tar: entry "d" is a block device'],
    ['a FIFO', () => withEntries(entry('f', '', { type: '6' })), 'tar: entry "f" is a FIFO'],
    ['a contiguous file', () => withEntries(entry('f', '', { type: '7' })), 'tar: entry "f" is a contiguous file'],
    [
      'a GNU sparse file',
      () => withEntries(entry('s', '', { type: 'S', magic: 'ustar  \0' })),
      'tar: entry "s" is a sparse file',
    ],
    ['a PAX sparse file', () => paxBefore({ 'GNU.sparse.major': '1' }), 'tar: entry "a" is a sparse file'],
    ['a sparse file of star', () => paxBefore({ 'SCHILY.realsize': '3' }), 'tar: entry "a" is a sparse file'],
    ['a file with a link path', () => paxBefore({ linkpath: 'b' }), 'tar: entry "a" is a link'],
    [
      'a long link name',
      () => withEntries(entry('././@LongLink', 'x\0', { type: 'K' })),
      'tar: entry "././@LongLink" is a long link name',
    ],
    ['a volume label', () => withEntries(entry('v', '', { type: 'V' })), 'tar: entry "v" is of an unknown type "V"'],
    [
      'a directory with a size',
      () => withEntries(directory('d', { size: 512 }), zeros(512)),
      'tar: entry "d" is a directory, but has a size',
    ],
  ]);
});
