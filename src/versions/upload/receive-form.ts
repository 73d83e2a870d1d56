import { Busboy } from '@fastify/busboy';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { BadRequest, PayloadTooLarge, ValidationFailed } from '../../common/errors/catalogue.js';
import { DomainError } from '../../common/errors/define-error.js';
import { UploadBodyStream } from './upload-body-stream.js';
import type { SpooledFile } from './spooled-file.js';
import type { UploadPermit } from './upload-permit.js';

export const maxTarballBytes = 10 * 1024 * 1024;
/** The tarball and the overhead of the form. */
const maxFormBytes = 16 * 1024 * 1024;

/** The values of the form's fields. */
export interface UploadForm {
  readonly versions: string[];
  readonly tarballs: SpooledFile[];
  /** Fields called `tarball` that were plain text. */
  tarballTexts: number;
}

/**
 * Reads the multipart form of an upload as a stream. `spool` stores each tarball. Fields come in any order; unknown
 * ones are ignored. The signal of `spool` aborts when the form fails.
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
      // An interrupted form fails its open file as well. `spool` reports that error with its cause.
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
