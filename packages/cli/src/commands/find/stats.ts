import { type Command, Option } from 'commander';
import { Downloads } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { parsePromptName, type PromptReference } from '../../api/prompt-reference.js';
import { withExamples } from '../../with-examples.js';
import { plot } from '../../terminal/plot.js';
import { formatCount } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';
import { fillPeriods, type Interval } from './fill-periods.js';

interface StatsOptions {
  from?: string;
  to?: string;
  interval: Interval;
  version?: string;
}

export function register(command: Command, cli: CliContext): void {
  command
    .argument('<prompt>', 'owner/name')
    .option('--from <date>', 'first day, YYYY-MM-DD in UTC; 30 days ago by default')
    .option('--to <date>', 'last day; today by default')
    .addOption(
      new Option('--interval <interval>', 'period of one column').choices(['day', 'week', 'month']).default('day'),
    )
    .option('--version <version>', 'only this version')
    .action((prompt: string, options: StatsOptions) => stats(cli, parsePromptName(prompt), options));
  withExamples(command, 'stats admin/code-review', 'stats admin/code-review --from 2026-01-01 --interval month');
}

async function stats(
  { api, output }: CliContext,
  { owner, name }: PromptReference,
  options: StatsOptions,
): Promise<void> {
  const { from, to, interval, version } = options;
  const query = { from, to, interval, version };
  const series = await api.get(Downloads, path`/v1/prompts/${owner}/${name}/downloads`, query);
  output.result(series, () => [
    output.style('bold', safeLine(`${owner}/${name}`)) + `  ${formatCount(series.total, 'download')}, by ${interval}`,
    '',
    ...plot(
      fillPeriods(series.items, options).map(({ period, downloads }) => ({ name: period, value: downloads })),
      { width: output.columns, bar: (text) => output.style('cyan', text) },
    ),
  ]);
}
