import type { Command } from 'commander';
import type { Version } from '../../api/answers.js';
import { parsePromptName, type PromptReference } from '../../api/prompt-reference.js';
import { listVersions } from '../../api/version-pages.js';
import { withExample } from '../../example.js';
import type { Output } from '../../terminal/output.js';
import { bytes, day } from '../../terminal/quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import { table } from '../../terminal/table.js';
import type { Tool } from '../../tool.js';

const SHOWN_DIGEST_LENGTH = 12;

export function register(command: Command, tool: Tool): void {
  command.argument('<prompt>', 'owner/name').action((prompt: string) => versions(tool, parsePromptName(prompt)));
  withExample(command, 'versions admin/code-review', 'versions admin/code-review --json');
}

async function versions({ api, output }: Tool, prompt: PromptReference): Promise<void> {
  const items = await listVersions(api, prompt);
  if (items.length === 0) output.note('no version is published yet');
  output.result({ items }, () => table(items.map((version) => row(version, output))));
}

function row(version: Version, output: Output): string[] {
  return [
    output.style('bold', version.version),
    day(version.created_at),
    bytes(version.size),
    version.sha256.slice(0, SHOWN_DIGEST_LENGTH),
    output.style('yellow', notices(version)),
  ];
}

function notices({ yanked, yank_reason, deprecated }: Version): string {
  const yank = yanked ? [yank_reason == null ? 'yanked' : `yanked: ${safeLine(yank_reason)}`] : [];
  const deprecation = deprecated == null ? [] : [`deprecated: ${safeLine(deprecated)}`];
  return [...yank, ...deprecation].join('; ');
}
