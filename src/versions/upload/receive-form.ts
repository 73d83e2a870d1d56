import { Busboy } from '@fastify/busboy';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { BadRequest, PayloadTooLarge, ValidationFailed } from '../../common/errors/catalogue.js';
import { DomainError } from '../../common/errors/define-error.js';
import { UploadBodyStream } from './upload-body-stream.js';
import type { SpooledFile } from './spooled-file.js';
import type { UploadPermit } from './upload-permit.js';

export const maxTarballBytes = 10 * 1024 * 1024;
/** A tarball and what the form itself may take besides. */
const maxFormBytes = 16 * 1024 * 1024;

/** What the form said of each field: how often it came as text or as a file, and what it held. */
export interface UploadForm {
  readonly versions: string[];
  readonly tarballs: SpooledFile[];
  /** Fields called `tarball` that were plain text. */
  tarballTexts: number;
}

/**
 * Reads an upload's multipart form as a stream; each tarball goes to a file through `spool`. Fields come in any order,
 * others are ignored. The signal that `spool` gets fires when the rest of the form is no longer wanted.
 * @throws ValidationFailed (no multipart), PayloadTooLarge (at once), BadRequest (a form that breaks off),
 * RequestTimeout (too slow), Overloaded (it paused, and now too many are waiting)
 */
export async function receiveForm(
  request: IncomingMessage,
  permit: UploadPermit,
  spool: (file: Readable, signal: AbortSignal) => Promise<void>,
  form: UploadForm,
): Promise<void> {
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) {
    throw ValidationFailed({ tarball: 'must be sent as multipart/form-data' });
  }
  const parser = openParser(request);
  const spooling: Promise<void>[] = [];
  const failed = new AbortController();
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      request.unpipe(body);
      request.resume();
      body.destroy();
      reject(error instanceof DomainError ? error : BadRequest(undefined, { cause: error }));
      failed.abort();
    };
    parser.on('field', (name, value) => {
      if (name === 'version') form.versions.push(value);
      if (name === 'tarball') form.tarballTexts += 1;
    });
    parser.on('file', (name, file) => {
      if (name !== 'tarball') {
        file.on('error', fail).resume();
        return;
      }
      // A form that breaks off fails its open file as well; whoever spools the file tells, and knows whose fault it is.
      file.on('error', () => undefined);
      const spooled = spool(file, failed.signal);
      spooled.catch(fail);
      spooling.push(spooled);
    });
    parser.on('error', fail);
    parser.on('finish', resolve);
    request.on('error', fail);
    request.on('close', () => {
      if (!request.complete) fail(new Error('the connection was closed'));
    });
    limitBytes(request, fail);
    const body = new UploadBodyStream(request, permit, fail);
    body.pipe(parser);
  }).finally(() => Promise.allSettled(spooling));
  await Promise.all(spooling);
}

function openParser(request: IncomingMessage) {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      limits: { fieldSize: 64 * 1024, headerPairs: 100, parts: 1000 },
      // A part is a file if it is named or typed like one; busboy reports a missing type as text/plain.
      isPartAFile: (_name, contentType, fileName) => fileName !== undefined || contentType !== 'text/plain',
    });
  } catch (cause) {
    throw BadRequest(undefined, { cause });
  }
}

function limitBytes(request: IncomingMessage, fail: (error: unknown) => void): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxFormBytes) fail(PayloadTooLarge());
  });
}
