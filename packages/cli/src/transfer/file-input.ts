import type { NamedInput } from '@promptyard/import/named-input.js';
import { SafePath } from '../files/safe-path.js';
import { streamFile } from '../files/read-files.js';

export function fileInput(path: string): NamedInput {
  return { name: path, open: () => streamFile(SafePath.fromArgument(path)) };
}
