import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { z } from 'zod';
import { ImportFailure } from '../import-failure.js';
import type { NamedInput } from '../named-input.js';
import {
  type ArchiveFile,
  ExportHeader,
  ExportManifest,
  headerFile,
  maxFileBytes,
  manifestFile,
} from './archive-format.js';

/** The files of an archive in their order, one in memory at a time. @throws ImportFailure if it is no archive */
export async function* readArchive(file: NamedInput): AsyncGenerator<ArchiveFile> {
  const entries = extract();
  const reading = pipeline(await file.open(), createGunzip(), entries);
  reading.catch(() => undefined); // what is wrong is thrown by the entries, too
  try {
    for await (const entry of entries) {
      if (entry.header.type !== 'file' || entry.header.size > maxFileBytes)
        throw invalidEntryError(file.name, entry.header.name);
      yield { path: entry.header.name, bytes: await buffer(entry) };
    }
    await reading;
  } catch (error) {
    throw isReadError(error) ? damaged(`${file.name} is damaged: ${error.message}`) : error;
  } finally {
    entries.destroy();
  }
}

/**
 * Reads the whole archive and verifies the digest of every file, so that nothing of a damaged or truncated archive is
 * imported. @throws ImportFailure of the kind `damaged`
 */
export async function verifyArchive(file: NamedInput): Promise<ExportHeader> {
  const found = new Map<string, string>();
  let header: ExportHeader | undefined;
  let last: ArchiveFile | undefined;
  for await (const entry of readArchive(file)) {
    if (last) found.set(last.path, digestOf(last.bytes));
    header ??= entry.path === headerFile ? parseFile(ExportHeader, entry) : undefined;
    if (!header) throw damaged(`${file.name} is no export of promptyard`, 'Name what `promptyard export` wrote.');
    last = entry;
  }
  if (!header || last?.path !== manifestFile) throw damaged(`${file.name} is cut off`, 'Copy or export it again.');
  const { files } = parseFile(ExportManifest, last);
  const wrong = files.filter(({ path, sha256 }) => found.get(path) !== sha256).map(({ path }) => path);
  if (wrong.length > 0 || files.length !== found.size)
    throw damaged(`${file.name} is not what was exported`, 'Copy or export it again.', wrong.slice(0, 20));
  return header;
}

export function parseFile<Shape extends z.ZodType>(shape: Shape, { path, bytes }: ArchiveFile): z.output<Shape> {
  const parsed = shape.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(`${path}: ${issue?.path.join('.')} ${issue?.message}`, 'Is it of a newer promptyard?');
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function invalidEntryError(file: string, entry: string) {
  return damaged(`${file} holds ${entry}, which no export holds`);
}

/** The content is not the expected one. */
function damaged(message: string, hint?: string, details?: readonly string[]): ImportFailure {
  return new ImportFailure(message, {
    code: 'VERIFICATION_FAILED',
    kind: 'damaged',
    hint,
    ...(details && { details }),
  });
}

/** An error of zlib or of tar-stream, which has no codes. Errors of opening files have their own messages. */
function isReadError(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof ImportFailure) return false;
  return !('syscall' in error);
}
