import { BadRequest } from '../../common/errors/catalogue.js';
import { FairSemaphore } from '../../common/fair-semaphore.js';

/** The queue permit of an upload. It is released while the upload pauses, and at its end. */
export class UploadPermit {
  isHeld = false;
  private isOver = false;

  constructor(
    private readonly queue: FairSemaphore,
    private readonly accountId: string,
    private readonly disconnected: AbortSignal,
  ) {}

  /** @throws Overloaded, BadRequest when the client has disconnected */
  async acquire(): Promise<void> {
    try {
      await this.queue.acquire(this.accountId, this.disconnected);
    } catch (error) {
      throw this.disconnected.aborted ? BadRequest(undefined, { cause: error }) : error;
    }
    this.isHeld = true;
    // The upload failed while it waited for the permit.
    if (this.isOver) this.release();
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.queue.release(this.accountId);
  }

  end(): void {
    this.isOver = true;
    this.release();
  }
}
