import type { Command } from 'commander';

/**
 * Adds the hidden command that the scripts of `promptyard completion` call. It answers from what the program's commands
 * declare, so all of them must be loaded; the library brings `completion` itself with it.
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

/** Bash expands what a completion says: `compgen -W` would run what stands in backticks. */
function toPlainText(text: string): string {
  return text.replace(/[\n\t]+/g, ' ').replace(/[^\p{L}\p{N} ,.;:/@=+()-]/gu, '');
}
