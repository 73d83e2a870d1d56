import { CommanderError } from 'commander';
import { buildProgram } from './build-program.js';
import { ExitCode } from './cli-error.js';
import type { Environment } from './settings/environment.js';
import { Output } from './terminal/output.js';
import { reportError } from './terminal/report-error.js';
import { type Streams, CliContext } from './cli-context.js';

const helpCodes = ['commander.helpDisplayed', 'commander.version'];

/**
 * Runs one command line and returns the exit code. It never throws and never ends the process, so that all output is
 * written.
 */
export async function runCli(args: string[], env: Environment, streams: Streams): Promise<ExitCode> {
  const cliArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const output = new Output(streams, env, cliArgs.includes('--json'));
  try {
    const program = await buildProgram(args, new CliContext(env, output, streams));
    await program.parseAsync(args, { from: 'user' });
    return output.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && helpCodes.includes(error.code)) return ExitCode.ok;
    if (error instanceof CommanderError && error.code === 'commander.help') return ExitCode.usage;
    return reportError(error, output);
  }
}
