import { type Command, Option } from 'commander';
import { type PromptSummary, SearchResult } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { withExamples } from '../../with-examples.js';
import type { Output } from '../../terminal/output.js';
import { formatDay } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import { truncate, formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

interface SearchOptions {
  owner?: string;
  tag?: string;
  sort?: string;
  limit?: string;
  offset?: string;
}

export function register(command: Command, cli: CliContext): void {
  command
    .argument('[words...]', 'words that must all occur in the name, the description or a tag')
    .option('--owner <owner>', 'only prompts of this owner')
    .option('--tag <tag>', 'only prompts with this tag')
    .addOption(
      new Option('--sort <order>', 'order of the result').choices([
        'relevance',
        'newest',
        'updated',
        'downloads',
        'name',
      ]),
    )
    .option('--limit <number>', 'maximum number of prompts, 1 to 100', '20')
    .option('--offset <number>', 'number of prompts to skip')
    .action((words: string[], options: SearchOptions) => search(cli, words, options));
  withExamples(command, 'search code review', 'search --tag writing --sort downloads --limit 5');
}

async function search({ api, output }: CliContext, words: readonly string[], options: SearchOptions): Promise<void> {
  const { owner, tag, sort, limit, offset } = options;
  const q = words.length === 0 ? undefined : words.join(' ');
  const result = await api.get(SearchResult, path`/v1/prompts`, { q, owner, tag, sort, limit, offset });
  if (result.items.length === 0) output.note('nothing found');
  output.result(result, () =>
    formatTable(result.items.map((prompt) => row(prompt, output))).map((line) => fitToTerminal(line, output)),
  );
}

function row(
  { owner_username, name, download_count, updated_at, description }: PromptSummary,
  output: Output,
): string[] {
  return [
    output.style('bold', safeLine(`${owner_username}/${name}`)),
    `${download_count} ↓`,
    formatDay(updated_at),
    safeLine(description),
  ];
}

/** Only on a terminal: a pipe gets everything. */
function fitToTerminal(line: string, output: Output): string {
  return output.isTerminal ? truncate(line, output.columns) : line;
}
