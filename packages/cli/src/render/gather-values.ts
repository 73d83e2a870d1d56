import { text } from 'node:stream/consumers';
import { usageError } from '../cli-error.js';
import { SafePath } from '../files/safe-path.js';
import { readBytes } from '../files/read-files.js';
import type { CliContext } from '../cli-context.js';

interface ValueOptions {
  readonly var: readonly string[];
  readonly varFile: readonly string[];
  readonly stdin?: string;
}

/** The values of a rendering by name: from files, in their order, then from stdin, then from the command line. */
export async function gatherValues(cli: CliContext, options: ValueOptions): Promise<Record<string, unknown>> {
  const fromStdin = options.varFile.filter((file) => file === '-').length + (options.stdin === undefined ? 0 : 1);
  if (fromStdin > 1) throw usageError('stdin can only be read once', 'Use --stdin or `--var-file -`, not both.');
  const values = new Map<string, unknown>();
  for (const file of options.varFile) {
    for (const [name, value] of await readValues(cli, file)) values.set(name, value);
  }
  if (options.stdin !== undefined) values.set(options.stdin, await text(cli.streams.stdin));
  for (const assignment of options.var) values.set(...splitAssignment(assignment));
  return Object.fromEntries(values);
}

async function readValues(cli: CliContext, file: string): Promise<[string, unknown][]> {
  const written =
    file === '-' ? await text(cli.streams.stdin) : (await readBytes(SafePath.fromArgument(file))).toString();
  const { parse } = await import('yaml'); // JSON is YAML too
  const parsed = parseWith(parse, written, file);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw usageError(`${file} is no mapping of names to values`, 'Write JSON or YAML, for example: topic: rain');
  return Object.entries(parsed);
}

function parseWith(parse: (text: string) => unknown, written: string, file: string): unknown {
  try {
    return parse(written);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : '').split('\n');
    throw usageError(`${file} is neither JSON nor YAML: ${reason}`);
  }
}

function splitAssignment(assignment: string): [name: string, value: string] {
  const end = assignment.indexOf('=');
  if (end <= 0) throw usageError(`--var ${JSON.stringify(assignment)} gives no value`, 'Write --var name=value.');
  return [assignment.slice(0, end), assignment.slice(end + 1)];
}
