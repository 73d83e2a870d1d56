import { Argument, type Command } from 'commander';
import { withExamples } from '../with-examples.js';
import type { CliContext } from '../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command
    .description('Writes a script with which a shell completes commands and options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .action((shell: string) => completion(cli, shell));
  withExamples(
    command,
    'completion bash > ~/.local/share/bash-completion/completions/promptyard',
    'completion zsh > "${fpath[1]}/_promptyard"',
    'completion fish > ~/.config/fish/completions/promptyard.fish',
  );
}

/** The library writes to the console. */
async function completion(_cli: CliContext, shell: string): Promise<void> {
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'promptyard', 'promptyard');
}
