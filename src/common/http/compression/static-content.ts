import type { FastifyReply, FastifyRequest } from 'fastify';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { etagOf, isUnmodified } from '../conditional-get.js';
import { acceptedEncoding, type Encoding, staticOptions, varyByEncoding, weakETag } from './encodings.js';

const compressors = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, staticOptions.br),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, staticOptions.gzip),
};

interface StaticOptions {
  readonly type: string;
  readonly cacheControl: string;
  /** False for content that is compressed already. */
  readonly isCompressible?: boolean;
}

/** Content that stays the same while the server runs. It is read, hashed and compressed once, at its first request. */
export class StaticContent {
  private readonly results = new Map<'plain' | Encoding, Promise<Buffer>>();
  private etag = '';

  /** @param read is called once */
  constructor(
    private readonly read: () => Promise<Buffer>,
    private readonly options: StaticOptions,
  ) {}

  async send(request: FastifyRequest, reply: FastifyReply, isCompressing: boolean): Promise<FastifyReply> {
    const { type, cacheControl, isCompressible = true } = this.options;
    const plain = await this.once('plain', () => this.readAndHash());
    const encoding = isCompressing && isCompressible ? acceptedEncoding(request) : undefined;
    if (isCompressing && isCompressible) varyByEncoding(reply);
    const etag = encoding === undefined ? this.etag : weakETag(this.etag);
    reply.header('etag', etag).header('cache-control', cacheControl);
    if (isUnmodified(request, etag)) return reply.status(304).send();
    reply.type(type);
    if (encoding === undefined) return reply.send(plain);
    const compressed = await this.once(encoding, () => compressors[encoding](plain));
    return reply.header('content-encoding', encoding).send(compressed);
  }

  private async readAndHash(): Promise<Buffer> {
    const bytes = await this.read();
    this.etag = etagOf(bytes);
    return bytes;
  }

  /** Requests that come at the same moment wait for one result. A failure is not cached. */
  private once(what: 'plain' | Encoding, compute: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.results.get(what);
    if (known) return known;
    const result = compute();
    this.results.set(what, result);
    result.catch(() => this.results.delete(what));
    return result;
  }
}
