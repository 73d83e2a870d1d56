import { randomBytes } from 'node:crypto';

/** One part of a form. `disposition` replaces the whole header, for invalid headers. */
export interface Part {
  readonly name: string;
  readonly body: string | Buffer;
  readonly filename?: string;
  readonly type?: string;
  readonly disposition?: string;
}

export interface Form {
  readonly body: Buffer;
  readonly headers: { readonly 'content-type': string };
}

/** A multipart form, written by hand so that the test controls every byte. */
export function multipart(...parts: readonly Part[]): Form {
  const boundary = `----test-${randomBytes(8).toString('hex')}`;
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headersOf(part)}\r\n\r\n`),
    Buffer.from(part.body),
    Buffer.from('\r\n'),
  ]);
  const body = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

export function field(name: string, value: string | Buffer): Part {
  return { name, body: value };
}

export function tarball(bytes: Buffer, changes: Partial<Part> = {}): Part {
  return { name: 'tarball', filename: 'package.tar.gz', type: 'application/gzip', body: bytes, ...changes };
}

/** The form that publishes a version. */
export function versionForm(version: string, bytes: Buffer): Form {
  return multipart(field('version', version), tarball(bytes));
}

function headersOf({ name, filename, type, disposition }: Part): string {
  const named = filename === undefined ? '' : `; filename="${filename}"`;
  const lines = [`Content-Disposition: ${disposition ?? `form-data; name="${name}"${named}`}`];
  if (type !== undefined) lines.push(`Content-Type: ${type}`);
  return lines.join('\r\n');
}
