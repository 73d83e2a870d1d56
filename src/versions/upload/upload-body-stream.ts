import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { RequestTimeout } from '../../common/errors/catalogue.js';
import type { UploadPermit } from './upload-permit.js';

const minBytesPerSecond = 1024;
const checkIntervalMs = 2_000;
const minBytesPerCheck = (minBytesPerSecond * checkIntervalMs) / 1000;
/** A connection may pause for a moment, for example while a phone changes its network. */
const checksPerTimeout = 10;
/** Up to this size a pausing upload is cheap, so that it can wait without a permit. */
const cheapBytes = 64 * 1024;

/**
 * The stream of an upload's body. An upload that pauses early releases its permit until it sends again. One that sends
 * less than 1 KiB a second for 20 seconds fails with RequestTimeout.
 */
export class UploadBodyStream extends Transform {
  private bytes = 0;
  private bytesInCheck = 0;
  private bytesInTimeout = 0;
  private checks = 0;
  private isWaiting = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly request: IncomingMessage,
    private readonly permit: UploadPermit,
    private readonly fail: (error: unknown) => void,
  ) {
    super();
    request.on('data', this.count);
    this.timer = setInterval(() => this.check(), checkIntervalMs);
    this.once('close', () => this.stop());
    this.on('error', fail);
    request.pipe(this);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null, chunk?: Buffer) => void) {
    if (this.permit.isHeld) done(null, chunk);
    else this.reacquirePermit().then(() => done(null, chunk), done);
  }

  override _flush(done: (error?: Error | null) => void): void {
    this.stop();
    if (this.permit.isHeld) done();
    else this.reacquirePermit().then(() => done(), done);
  }

  private async reacquirePermit(): Promise<void> {
    this.isWaiting = true;
    await this.permit.acquire();
    this.isWaiting = false;
    this.startTimeout();
  }

  private readonly count = (chunk: Buffer) => {
    this.bytes += chunk.length;
    this.bytesInCheck += chunk.length;
    this.bytesInTimeout += chunk.length;
  };

  private check(): void {
    // The time does not count while the server itself waits, for a permit or for its disk.
    if (this.isWaiting || !this.request.readableFlowing) return this.startTimeout();
    if (this.permit.isHeld && this.bytesInCheck < minBytesPerCheck && this.bytes <= cheapBytes) this.permit.release();
    this.bytesInCheck = 0;
    this.checks += 1;
    if (this.checks < checksPerTimeout) return;
    if (this.bytesInTimeout < minBytesPerCheck * checksPerTimeout) this.fail(RequestTimeout());
    this.startTimeout();
  }

  private startTimeout(): void {
    this.checks = 0;
    this.bytesInCheck = 0;
    this.bytesInTimeout = 0;
  }

  private stop(): void {
    clearInterval(this.timer);
    this.request.off('data', this.count);
  }
}
