import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { addCompletionCommand } from './add-completion-command.js';
import { type CommandEntry, commandList } from './command-list.js';
import type { CliContext } from './cli-context.js';

const description = 'Prompts from a Promptyard registry: find, install, render, publish.';

const footer = `
The server: --url, PROMPTYARD_URL, or the one you logged in to; else http://127.0.0.1:3000.
The token:  PROMPTYARD_TOKEN, or the key that \`promptyard login\` stored for that server.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 verification failed, 6 server unreachable.`;

/** The program with every command's name and summary. Only commands that the arguments may mean are loaded. */
export async function buildProgram(args: readonly string[], cli: CliContext): Promise<Command> {
  const program = new Command('promptyard')
    .description(description)
    .version(readVersion(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', footer)
    .enablePositionalOptions() // `stats --version 1.0.0` is not the tool's own --version
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.output.write(text),
      writeErr: (text) => cli.output.writeError(text),
      outputError: () => undefined,
    })
    .hook('preAction', (_, command) => {
      cli.url = command.opts<{ url?: string }>().url;
    });
  const isCompletion = args[0] === 'complete';
  const entries = isCompletion ? commandList.filter(({ name }) => name !== 'completion') : commandList;
  for (const entry of entries) await addCommand(program, entry, isCompletion || args.includes(entry.name), cli);
  if (isCompletion) await addCompletionCommand(program);
  return program;
}

async function addCommand(program: Command, entry: CommandEntry, isLoaded: boolean, cli: CliContext): Promise<void> {
  const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
  command.helpGroup(`${entry.group}:`).helpOption('-h, --help', 'show this help');
  if (!isLoaded) return;
  const { register } = await entry.load();
  register(command, cli);
  // A command with subcommands has no options; its subcommands have them.
  for (const leaf of command.commands.length > 0 ? command.commands : [command]) addCommonOptions(leaf);
}

function addCommonOptions(command: Command): void {
  command.option('--json', 'write the result as JSON').option('--url <address>', 'address of the server');
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
