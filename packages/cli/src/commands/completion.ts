import { Argument, type Command } from 'commander';
import { withExample } from '../example.js';
import type { Tool } from '../tool.js';

export function register(command: Command, tool: Tool): void {
  command
    .description('Writes the script that makes a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .action((shell: string) => completion(tool, shell));
  withExample(
    command,
    'completion bash > ~/.local/share/bash-completion/completions/promptyard',
    'completion zsh > "${fpath[1]}/_promptyard"',
    'completion fish > ~/.config/fish/completions/promptyard.fish',
  );
}

/** The library writes to the console. */
async function completion(_tool: Tool, shell: string): Promise<void> {
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'promptyard', 'promptyard');
}
