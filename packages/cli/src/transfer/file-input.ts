import type { NamedInput } from '@promptyard/import/named-input.js';
import { NamedPath } from '../files/named-path.js';
import { streamFile } from '../files/read-files.js';

export function fileInput(path: string): NamedInput {
  return { name: path, open: () => streamFile(NamedPath.named(path)) };
}
