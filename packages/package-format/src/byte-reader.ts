const emptyBuffer = Buffer.alloc(0);

/** Reads a stream by byte counts, with one chunk in memory. A returned buffer is valid only until the next call. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = emptyBuffer;
  /** A reusable buffer for data across chunks, which avoids garbage. */
  private scratch: Buffer = emptyBuffer;

  constructor(source: AsyncIterable<Buffer>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** The next bytes, at least one; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    while (this.rest.length === 0) {
      const step = await this.chunks.next();
      if (step.done) return undefined;
      this.rest = step.value;
    }
    const bytes = this.rest;
    this.rest = emptyBuffer;
    return bytes;
  }

  /** Returns unread bytes of the last `next`. */
  putBack(bytes: Buffer): void {
    this.rest = bytes;
  }

  /** The next `length` bytes; fewer only at the end of the stream. */
  async take(length: number): Promise<Buffer> {
    const first = (await this.upTo(length)) ?? emptyBuffer;
    if (first.length === length) return first;
    if (this.scratch.length < length) this.scratch = Buffer.allocUnsafe(length);
    let filled = first.copy(this.scratch);
    while (filled < length) {
      const more = await this.upTo(length - filled);
      if (!more) break;
      filled += more.copy(this.scratch, filled);
    }
    return this.scratch.subarray(0, filled);
  }

  /** Leaves out the next `length` bytes; false when the stream ends before. */
  async skip(length: number): Promise<boolean> {
    let left = length;
    while (left > 0) {
      const bytes = await this.upTo(left);
      if (!bytes) return false;
      left -= bytes.length;
    }
    return true;
  }

  private async upTo(length: number): Promise<Buffer | undefined> {
    if (length === 0) return emptyBuffer;
    const bytes = await this.next();
    if (!bytes || bytes.length <= length) return bytes;
    this.putBack(bytes.subarray(length));
    return bytes.subarray(0, length);
  }
}
