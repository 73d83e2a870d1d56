import { CommanderError } from 'commander';
import { buildProgram } from './build-program.js';
import { ExitCode } from './failure.js';
import type { Environment } from './settings/environment.js';
import { Output } from './terminal/output.js';
import { reportFailure } from './terminal/report-failure.js';
import { type Streams, Tool } from './tool.js';

const HELP_AND_VERSION = ['commander.helpDisplayed', 'commander.version'];

/** Runs one command line. Answers the exit code; never throws and never ends the process, so that all output is written. */
export async function runTool(args: string[], env: Environment, streams: Streams): Promise<ExitCode> {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const output = new Output(streams, env, own.includes('--json'));
  try {
    const program = await buildProgram(args, new Tool(env, output, streams));
    await program.parseAsync(args, { from: 'user' });
    return output.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && HELP_AND_VERSION.includes(error.code)) return ExitCode.ok;
    if (error instanceof CommanderError && error.code === 'commander.help') return ExitCode.usage;
    return reportFailure(error, output);
  }
}
