import { CommanderError } from 'commander';
import { ExitCode, ToolFailure, toolFailureOf } from '../failure.js';
import type { Output } from './output.js';
import { safeJson, safeLine } from './safe-text.js';

/** Says what is wrong and what to do next, and answers the exit code. */
export function reportFailure(error: unknown, output: Output): ExitCode {
  const { message, code, hint, details, exitCode } = toFailure(error);
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

function toFailure(error: unknown): ToolFailure {
  const known = toolFailureOf(error);
  if (known) return known;
  if (error instanceof CommanderError) return usageFailure(error);
  if (error instanceof Error && 'syscall' in error && 'code' in error)
    return new ToolFailure(error.message, { code: String(error.code), cause: error });
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ToolFailure(`an error that promptyard does not know: ${text}`, { code: 'INTERNAL', cause: error });
}

function usageFailure(error: CommanderError): ToolFailure {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const hint = suggestion?.replace(/^\(|\)$/g, '') ?? '`promptyard help <command>` shows how it is used.';
  return new ToolFailure(message, { code: 'USAGE', exitCode: ExitCode.usage, hint });
}
