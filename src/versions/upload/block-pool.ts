/** The size of a read or write of a file, each of which takes a round trip through the thread pool. */
export const blockBytes = 256 * 1024;

/** Two packages of 5 MB: half of what four at once need, so that the memory of a server grows by less than 64 MiB. */
const maxBlocks = 40;

/**
 * Blocks of memory that uploads share and use again, so that a package is read from memory after it was written out, at
 * a limited size and without garbage.
 */
export class BlockPool {
  private readonly free: Buffer[] = [];
  private count = 0;

  /** Undefined if all blocks are in use. */
  take(): Buffer | undefined {
    const block = this.free.pop();
    if (block || this.count === maxBlocks) return block;
    this.count += 1;
    return Buffer.allocUnsafeSlow(blockBytes);
  }

  giveBack(blocks: readonly Buffer[]): void {
    this.free.push(...blocks);
  }
}
