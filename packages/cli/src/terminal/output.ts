import { styleText } from 'node:util';
import { ExitCode } from '../cli-error.js';
import type { Environment } from '../settings/environment.js';
import { safeJson, safeStyled, safeText } from './safe-text.js';

export type Style = Parameters<typeof styleText>[0];

export interface OutputStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * All that a command says. Its result goes to stdout, as text or, with `--json`, as one JSON value; everything else (notes,
 * progress, questions) goes to stderr. Colours only on a terminal, and never with NO_COLOR.
 */
export class Output {
  /** What the process ends with when nothing was thrown: `check` and `outdated` report without failing. */
  exitCode: ExitCode = ExitCode.ok;
  private readonly colours: { stdout: boolean; stderr: boolean };

  constructor(
    private readonly streams: OutputStreams,
    env: Environment,
    readonly json: boolean,
  ) {
    const wanted = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
    this.colours = { stdout: wanted && streams.stdout.isTTY, stderr: wanted && streams.stderr.isTTY };
    // A reader that has seen enough (`| head`) is no failure.
    for (const stream of [streams.stdout, streams.stderr]) stream.on('error', ignoreClosedPipe);
  }

  /**
   * A command's only result: `text` writes it for people. Whoever composes it keeps what comes from elsewhere on its line;
   * what would steer a terminal is taken out of all of it.
   */
  result(value: unknown, text: () => string | readonly string[]): void {
    if (this.json) return this.write(`${safeJson(value)}\n`);
    const written = text();
    const lines = typeof written === 'string' ? written : written.join('\n');
    if (lines !== '') this.write(`${safeStyled(lines)}\n`);
  }

  /** Bytes of somebody's prompt: untouched into a pipe or a file, made safe on a terminal. */
  raw(text: string): void {
    if (!this.streams.stdout.isTTY) return this.write(text);
    this.write(safeText(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** A line beside the result, on stderr: what was done, what should be known. */
  note(text: string): void {
    this.writeError(`${safeStyled(text)}\n`);
  }

  warn(text: string): void {
    this.note(`${this.errorStyle('yellow', 'warning:')} ${text}`);
  }

  /** For text on stdout. */
  style(style: Style, text: string): string {
    return this.colours.stdout ? styleText(style, text, { validateStream: false }) : text;
  }

  /** For text on stderr. */
  errorStyle(style: Style, text: string): string {
    return this.colours.stderr ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Whether a person reads stdout. */
  get isTerminal(): boolean {
    return this.streams.stdout.isTTY;
  }

  /** Columns of the terminal; 80 where there is none. */
  get columns(): number {
    return this.streams.stdout.isTTY ? this.streams.stdout.columns : 80;
  }

  /** Where progress is drawn; undefined where nobody watches. */
  get progressStream(): NodeJS.WriteStream | undefined {
    return this.streams.stderr.isTTY && !this.json ? this.streams.stderr : undefined;
  }

  write(text: string): void {
    this.streams.stdout.write(text);
  }

  writeError(text: string): void {
    this.streams.stderr.write(text);
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
