import { CommanderError } from 'commander';
import { ExitCode, CliError, toolFailureOf } from '../cli-error.js';
import type { Output } from './output.js';
import { safeJson, safeLine } from './safe-text.js';

/** Prints the problem and what to do next, and returns the exit code. */
export function reportError(error: unknown, output: Output): ExitCode {
  const { message, code, hint, details, exitCode } = toCliError(error);
  if (output.json) {
    const problem = { code, message, ...(hint && { hint }), ...(details.length > 0 && { details }) };
    output.write(`${safeJson({ error: problem })}\n`);
    return exitCode;
  }
  output.note(`${output.errorStyle('red', 'promptyard:')} ${safeLine(message)}`);
  for (const detail of details) output.note(`  ${safeLine(detail)}`);
  if (hint !== undefined) output.note(output.errorStyle('dim', safeLine(hint)));
  return exitCode;
}

function toCliError(error: unknown): CliError {
  const known = toolFailureOf(error);
  if (known) return known;
  if (error instanceof CommanderError) return fromCommanderError(error);
  if (error instanceof Error && 'syscall' in error && 'code' in error)
    return new CliError(error.message, { code: String(error.code), cause: error });
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CliError(`unexpected error: ${text}`, { code: 'INTERNAL', cause: error });
}

function fromCommanderError(error: CommanderError): CliError {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const hint = suggestion?.replace(/^\(|\)$/g, '') ?? '`promptyard help <command>` shows how it is used.';
  return new CliError(message, { code: 'USAGE', exitCode: ExitCode.usage, hint });
}
