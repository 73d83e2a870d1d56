import { directory, entry, gzip, required, tar, withEntries, withManifest } from '../archives.js';
import { itRefuses } from './refusal.js';

const mib = 1024 * 1024;

describe('readPackage refuses by required files', () => {
  itRefuses([
    ['no prompt.yaml', () => gzip(tar(entry('prompt.md'))), /^prompt\.yaml is missing$/],
    ['no prompt.md', () => gzip(tar(entry('prompt.yaml', 'name: x'))), /^prompt\.md is missing$/],
    [
      'only in a sub-folder',
      () => gzip(tar(entry('x/prompt.yaml'), entry('x/prompt.md'))),
      'prompt.yaml is missing at the root of the archive; it is at "x/prompt.yaml"',
    ],
    [
      'prompt.md only in a sub-folder',
      () => gzip(tar(entry('prompt.yaml'), entry('x/prompt.md'))),
      'prompt.md is missing at the root of the archive; it is at "x/prompt.md"',
    ],
    ['another case', () => gzip(tar(entry('Prompt.yaml'), entry('prompt.md'))), /^prompt\.yaml is missing$/],
    [
      'prompt.yaml twice',
      () => withEntries(entry('prompt.yaml', 'name: other')),
      'tar: entry "prompt.yaml" is there twice',
    ],
    ['prompt.md twice', () => withEntries(entry('./prompt.md')), 'tar: entry "prompt.md" is there twice'],
    [
      'prompt.yaml a directory',
      () => gzip(tar(directory('prompt.yaml/'), entry('prompt.md'))),
      /^prompt\.yaml is a directory$/,
    ],
    [
      'prompt.md a directory',
      () => gzip(tar(entry('prompt.yaml'), directory('prompt.md'))),
      /^prompt\.md is a directory$/,
    ],
    ['prompt.yaml a folder', () => gzip(tar(entry('prompt.yaml/x'), entry('prompt.md'))), /^prompt\.yaml is missing$/],
    [
      'prompt.yaml in Latin-1',
      () => withManifest(Buffer.from('name: gr\xfc\xdfe', 'latin1')),
      'prompt.yaml is not UTF-8',
    ],
    [
      'prompt.yaml in UTF-16',
      () => withManifest(Buffer.from('\ufeffname: greeting', 'utf16le')),
      'prompt.yaml is not UTF-8',
    ],
    ['prompt.md in Latin-1', () => gzip(tar(required({ template: Buffer.from([0xfc]) }))), 'prompt.md is not UTF-8'],
    [
      'a surrogate in prompt.md',
      () => gzip(tar(required({ template: Buffer.from([0xed, 0xa0, 0x80]) }))),
      'prompt.md is not UTF-8',
    ],
    ['NUL in prompt.md', () => gzip(tar(required({ template: 'a\0b' }))), 'prompt.md is not text: it holds NUL'],
    ['prompt.yaml over 1 MiB', () => withManifest(`${'#'.repeat(mib)}\n`), 'prompt.yaml is over 1 MiB'],
    ['prompt.md over 1 MiB', () => gzip(tar(required({ template: 'x'.repeat(mib + 1) }))), 'prompt.md is over 1 MiB'],
  ]);
});
