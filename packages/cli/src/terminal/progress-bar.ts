import type { Output } from './output.js';
import { formatBytes } from './format-quantities.js';

const barWidth = 24;
const redrawEveryMs = 80;

/**
 * Draws the progress on stderr, only on a terminal: `using bar = new ProgressBar(output, 'uploading', total);
 * bar.advance(n);` The line is removed at the end.
 */
export class ProgressBar {
  private done = 0;
  private drawnAt = 0;

  constructor(
    private readonly output: Output,
    private readonly what: string,
    private readonly total: number,
    /** Formats an amount; the default is bytes. */
    private readonly show: (amount: number) => string = formatBytes,
  ) {}

  advance(amount: number): void {
    this.done = Math.min(this.total, this.done + amount);
    const now = performance.now();
    if (this.done < this.total && now - this.drawnAt < redrawEveryMs) return;
    this.drawnAt = now;
    this.draw();
  }

  [Symbol.dispose](): void {
    this.output.progressStream?.write('\r\u001b[K');
  }

  private draw(): void {
    const filled = this.total === 0 ? barWidth : Math.round((barWidth * this.done) / this.total);
    const bar =
      this.output.errorStyle('cyan', '━'.repeat(filled)) + this.output.errorStyle('dim', '━'.repeat(barWidth - filled));
    const amounts = `${this.show(this.done)} of ${this.show(this.total)}`;
    this.output.progressStream?.write(`\r\u001b[K${this.what} ${bar} ${amounts}`);
  }
}
