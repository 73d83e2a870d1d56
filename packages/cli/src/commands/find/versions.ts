import type { Command } from 'commander';
import type { Version } from '../../api/response-schemas.js';
import { parsePromptName, type PromptReference } from '../../api/prompt-reference.js';
import { listVersions } from '../../api/list-versions.js';
import { withExamples } from '../../with-examples.js';
import type { Output } from '../../terminal/output.js';
import { formatBytes, formatDay } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

const shownDigestLength = 12;

export function register(command: Command, cli: CliContext): void {
  command.argument('<prompt>', 'owner/name').action((prompt: string) => versions(cli, parsePromptName(prompt)));
  withExamples(command, 'versions admin/code-review', 'versions admin/code-review --json');
}

async function versions({ api, output }: CliContext, prompt: PromptReference): Promise<void> {
  const items = await listVersions(api, prompt);
  if (items.length === 0) output.note('no version is published yet');
  output.result({ items }, () => formatTable(items.map((version) => row(version, output))));
}

function row(version: Version, output: Output): string[] {
  return [
    output.style('bold', version.version),
    formatDay(version.created_at),
    formatBytes(version.size),
    version.sha256.slice(0, shownDigestLength),
    output.style('yellow', notices(version)),
  ];
}

function notices({ yanked, yank_reason, deprecated }: Version): string {
  const yank = yanked ? [yank_reason == null ? 'yanked' : `yanked: ${safeLine(yank_reason)}`] : [];
  const deprecation = deprecated == null ? [] : [`deprecated: ${safeLine(deprecated)}`];
  return [...yank, ...deprecation].join('; ');
}
