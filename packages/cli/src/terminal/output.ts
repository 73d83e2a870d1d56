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
 * The output of a command. The result goes to stdout, as text or, with `--json`, as one JSON value. Notes, progress and
 * questions go to stderr. Colours are used only on a terminal, and never with NO_COLOR.
 */
export class Output {
  /** The exit code if nothing was thrown: `check` and `outdated` report findings without an error. */
  exitCode: ExitCode = ExitCode.ok;
  private readonly colours: { stdout: boolean; stderr: boolean };

  constructor(
    private readonly streams: OutputStreams,
    env: Environment,
    readonly json: boolean,
  ) {
    const wanted = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
    this.colours = { stdout: wanted && streams.stdout.isTTY, stderr: wanted && streams.stderr.isTTY };
    // A reader that closes the pipe early, such as `head`, is no error.
    for (const stream of [streams.stdout, streams.stderr]) stream.on('error', ignoreClosedPipe);
  }

  /**
   * The only result of a command; `text` formats it for people. The caller must pass foreign text through safeLine, so
   * that it stays on its line. Control characters are removed from all of it.
   */
  result(value: unknown, text: () => string | readonly string[]): void {
    if (this.json) return this.write(`${safeJson(value)}\n`);
    const written = text();
    const lines = typeof written === 'string' ? written : written.join('\n');
    if (lines !== '') this.write(`${safeStyled(lines)}\n`);
  }

  /** The text of a prompt: unchanged in a pipe or a file, without control characters on a terminal. */
  raw(text: string): void {
    if (!this.streams.stdout.isTTY) return this.write(text);
    this.write(safeText(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** A line of additional information on stderr. */
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

  /** Whether stdout is a terminal. */
  get isTerminal(): boolean {
    return this.streams.stdout.isTTY;
  }

  /** Columns of the terminal; 80 without a terminal. */
  get columns(): number {
    return this.streams.stdout.isTTY ? this.streams.stdout.columns : 80;
  }

  /** The stream for progress; undefined without a terminal. */
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
