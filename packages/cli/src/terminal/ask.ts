import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, usageError } from '../cli-error.js';
import type { Streams } from '../cli-context.js';

interface WithStreams {
  readonly streams: Streams;
}

/** Asks on stderr, so that stdout has only the result. @throws CliError without a terminal */
export function askLine({ streams }: WithStreams, question: string): Promise<string> {
  return ask(streams, question, streams.stderr);
}

/** Like askLine, without showing the input. */
export function askHidden({ streams }: WithStreams, question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  streams.stderr.write(question);
  return ask(streams, '', nowhere).finally(() => streams.stderr.write('\n'));
}

async function ask({ stdin }: Streams, question: string, output: NodeJS.WritableStream): Promise<string> {
  if (!stdin.isTTY)
    throw usageError(
      'there is no terminal to ask on',
      'Give --username and --password-stdin, or --token; `promptyard login --help` has an example.',
    );
  const terminal = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
  const interrupted = new AbortController();
  terminal.on('SIGINT', () => interrupted.abort());
  terminal.on('close', () => interrupted.abort());
  try {
    return await terminal.question(question, { signal: interrupted.signal });
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    throw new CliError('interrupted', { code: 'INTERRUPTED', cause: error });
  } finally {
    terminal.close();
  }
}
