import { Inject, Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { RouteNotFound } from '../../common/errors/catalogue.js';
import { attachment } from '../content-disposition.js';
import { type ByteRange, ObjectStorage, type StoredObject } from '../object-storage.js';
import { FileNotFound, RangeNotSatisfiable } from '../storage.errors.js';
import { matchesTag, parseRange } from './byte-range.js';
import { FileUrlSigner, type SignedFile } from './file-url-signer.js';

export interface FileRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface FileAnswer {
  readonly status: 200 | 206 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for HEAD; null without a body. */
  readonly body: Readable | null;
}

/** Serves the signed URLs of the disk storage like a file server, with conditions, ranges and HEAD. */
@Injectable()
export class FileDownloadsService {
  constructor(
    @Inject(ObjectStorage) private readonly storage: ObjectStorage,
    /** Null if objects are not on disk; then no such URLs exist. */
    @Inject(FileUrlSigner) private readonly urls: FileUrlSigner | null,
  ) {}

  /** @throws RouteNotFound, FileAddressRefused, FileNotFound, RangeNotSatisfiable */
  async open(request: FileRequest): Promise<FileAnswer> {
    if (!this.urls) throw RouteNotFound();
    const file = this.urls.verify(request.url);
    const object = await this.storage.head(file.key);
    if (!object) throw FileNotFound();
    const validators = validatorsOf(object);
    if (isNotModified(request.headers, validators)) return { status: 304, headers: validators, body: null };
    const range = rangeOf(request, object, validators);
    return {
      status: range ? 206 : 200,
      headers: { ...validators, ...descriptionOf(file), ...extentOf(object, range) },
      body: request.method === 'HEAD' ? Readable.from([]) : await this.openBody(file, range),
    };
  }

  private async openBody(file: SignedFile, range?: ByteRange): Promise<Readable> {
    const object = await this.storage.get(file.key, { range });
    if (!object) throw FileNotFound();
    return object.body;
  }
}

type Validators = { etag: string; 'last-modified': string; 'cache-control': string };

function validatorsOf({ etag, lastModified }: StoredObject): Validators {
  return { etag: `"${etag}"`, 'last-modified': lastModified.toUTCString(), 'cache-control': 'private, no-cache' };
}

function descriptionOf({ contentType, filename }: SignedFile): Record<string, string> {
  return {
    'content-type': contentType,
    'content-disposition': attachment(filename),
    'accept-ranges': 'bytes',
  };
}

function extentOf({ size }: StoredObject, range: ByteRange | undefined): Record<string, string> {
  if (!range) return { 'content-length': String(size) };
  const { start, end } = range;
  return { 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${size}` };
}

/** `If-Modified-Since` counts only where `If-None-Match` is not sent; RFC 9110, 13.1.3. */
function isNotModified(headers: IncomingHttpHeaders, validators: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return matchesTag(tags, validators.etag);
  return Date.parse(validators['last-modified']) <= Date.parse(headers['if-modified-since'] ?? '');
}

/** Ranges apply to GET only, and only if `If-Range` matches. */
function rangeOf({ method, headers }: FileRequest, { size }: StoredObject, validators: Validators) {
  const condition = headers['if-range'];
  const isSame = condition === undefined || condition === validators.etag || condition === validators['last-modified'];
  if (method !== 'GET' || !isSame) return undefined;
  const range = parseRange(headers.range, size);
  if (range === null) throw RangeNotSatisfiable(undefined, { headers: { 'content-range': `bytes */${size}` } });
  return range;
}
