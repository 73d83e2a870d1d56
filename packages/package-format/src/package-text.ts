import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { InvalidPackage } from './invalid-package.js';

/** The text of a file that must be UTF-8. A byte order mark is part of the text; NUL, which no text column takes, is refused. */
export function decodeText(path: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new InvalidPackage(`${path} is not UTF-8`);
  if (bytes.includes(0)) throw new InvalidPackage(`${path} is not text: it holds NUL`);
  return bytes.toString('utf8');
}

/** The text of a file that only people read: never refused. `cut` says that its end is missing, perhaps within a character. */
export function decodeLeniently(bytes: Buffer, isCut: boolean): string {
  const decoder = new StringDecoder('utf8');
  const text = decoder.write(bytes) + (isCut ? '' : decoder.end());
  return text.replaceAll('\0', '\ufffd');
}
