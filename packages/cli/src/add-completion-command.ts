import type { Command } from 'commander';

/**
 * Adds the hidden command that the scripts of `promptyard completion` call. It reads the declarations of all commands,
 * so all of them must be loaded. The library also adds the command `completion` itself.
 */
export async function addCompletionCommand(program: Command): Promise<void> {
  const { default: complete } = await import('@bomb.sh/tab/commander');
  for (const command of program.commands) simplifyDescriptions(command);
  complete(program, { completionCommandName: 'completion' });
}

function simplifyDescriptions(command: Command): void {
  command.description(toPlainText(command.summary() || command.description()));
  for (const option of command.options) option.description = toPlainText(option.description);
  for (const child of command.commands) simplifyDescriptions(child);
}

/** Bash expands completions: `compgen -W` would run a command in backticks. */
function toPlainText(text: string): string {
  return text.replace(/[\n\t]+/g, ' ').replace(/[^\p{L}\p{N} ,.;:/@=+()-]/gu, '');
}
