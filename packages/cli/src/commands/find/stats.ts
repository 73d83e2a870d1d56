import { type Command, Option } from 'commander';
import { Downloads } from '../../api/answers.js';
import { path } from '../../api/path.js';
import { parsePromptName, type PromptReference } from '../../api/prompt-reference.js';
import { withExample } from '../../example.js';
import { plot } from '../../terminal/plot.js';
import { count } from '../../terminal/quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { Tool } from '../../tool.js';
import { everyPeriod, type Interval } from './periods.js';

interface StatsOptions {
  from?: string;
  to?: string;
  interval: Interval;
  version?: string;
}

export function register(command: Command, tool: Tool): void {
  command
    .argument('<prompt>', 'owner/name')
    .option('--from <date>', 'first day, YYYY-MM-DD in UTC; 30 days back if left out')
    .option('--to <date>', 'last day; today if left out')
    .addOption(
      new Option('--interval <interval>', 'what one column counts').choices(['day', 'week', 'month']).default('day'),
    )
    .option('--version <version>', 'only this version')
    .action((prompt: string, options: StatsOptions) => stats(tool, parsePromptName(prompt), options));
  withExample(command, 'stats admin/code-review', 'stats admin/code-review --from 2026-01-01 --interval month');
}

async function stats({ api, output }: Tool, { owner, name }: PromptReference, options: StatsOptions): Promise<void> {
  const { from, to, interval, version } = options;
  const query = { from, to, interval, version };
  const series = await api.get(Downloads, path`/v1/prompts/${owner}/${name}/downloads`, query);
  output.result(series, () => [
    output.style('bold', safeLine(`${owner}/${name}`)) + `  ${count(series.total, 'download')}, by ${interval}`,
    '',
    ...plot(
      everyPeriod(series.items, options).map(({ period, downloads }) => ({ name: period, value: downloads })),
      { width: output.columns, bar: (text) => output.style('cyan', text) },
    ),
  ]);
}
