import { type Command, Option } from 'commander';
import { type PromptSummary, SearchResult } from '../../api/answers.js';
import { path } from '../../api/path.js';
import { withExample } from '../../example.js';
import type { Output } from '../../terminal/output.js';
import { day } from '../../terminal/quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import { shorten, table } from '../../terminal/table.js';
import type { Tool } from '../../tool.js';

interface SearchOptions {
  owner?: string;
  tag?: string;
  sort?: string;
  limit?: string;
  offset?: string;
}

export function register(command: Command, tool: Tool): void {
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
    .option('--limit <number>', 'most prompts to show, 1 to 100', '20')
    .option('--offset <number>', 'how many to leave out first')
    .action((words: string[], options: SearchOptions) => search(tool, words, options));
  withExample(command, 'search code review', 'search --tag writing --sort downloads --limit 5');
}

async function search({ api, output }: Tool, words: readonly string[], options: SearchOptions): Promise<void> {
  const { owner, tag, sort, limit, offset } = options;
  const q = words.length === 0 ? undefined : words.join(' ');
  const result = await api.get(SearchResult, path`/v1/prompts`, { q, owner, tag, sort, limit, offset });
  if (result.items.length === 0) output.note('nothing found');
  output.result(result, () =>
    table(result.items.map((prompt) => row(prompt, output))).map((line) => shown(line, output)),
  );
}

function row(
  { owner_username, name, download_count, updated_at, description }: PromptSummary,
  output: Output,
): string[] {
  return [
    output.style('bold', safeLine(`${owner_username}/${name}`)),
    `${download_count} ↓`,
    day(updated_at),
    safeLine(description),
  ];
}

/** Only where a person reads: a pipe gets everything. */
function shown(line: string, output: Output): string {
  return output.isTerminal ? shorten(line, output.columns) : line;
}
