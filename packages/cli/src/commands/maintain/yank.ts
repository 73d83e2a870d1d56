import type { Command } from 'commander';
import { Version } from '../../api/answers.js';
import { path } from '../../api/path.js';
import { parseVersionReference, type VersionReference } from '../../api/version-reference.js';
import { withExample } from '../../example.js';
import { wrongUsage } from '../../failure.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { Tool } from '../../tool.js';

interface YankOptions {
  reason?: string;
  undo?: boolean;
}

export function register(command: Command, tool: Tool): void {
  command
    .description('Hides a version from ranges and from `latest_version`. Who names it exactly still gets it.')
    .argument('<version>', 'owner/name@1.2.3')
    .option('--reason <text>', 'why; shown in the list of versions')
    .option('--undo', 'show it again')
    .action((version: string, options: YankOptions) => yank(tool, parseVersionReference(version), options));
  withExample(
    command,
    'yank admin/code-review@1.2.0 --reason "leaks its instructions"',
    'yank admin/code-review@1.2.0 --undo',
  );
}

async function yank({ api, output }: Tool, at: VersionReference, { reason, undo = false }: YankOptions): Promise<void> {
  if (undo && reason !== undefined) throw wrongUsage('--undo takes no --reason');
  const { owner, name, version } = at;
  const body = { yanked: !undo, reason };
  const changed = await api.send(Version, 'PATCH', path`/v1/prompts/${owner}/${name}/versions/${version}`, { body });
  output.result(changed, () => safeLine(`${owner}/${name}@${version} is ${undo ? 'not yanked any more' : 'yanked'}.`));
}
