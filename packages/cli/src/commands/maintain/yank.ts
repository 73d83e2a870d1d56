import type { Command } from 'commander';
import { Version } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { parseVersionReference, type VersionReference } from '../../api/version-reference.js';
import { withExamples } from '../../with-examples.js';
import { usageError } from '../../cli-error.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

interface YankOptions {
  reason?: string;
  undo?: boolean;
}

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Hides a version from ranges and from `latest_version`. A request for the exact version still finds it.',
    )
    .argument('<version>', 'owner/name@1.2.3')
    .option('--reason <text>', 'why; shown in the list of versions')
    .option('--undo', 'show it again')
    .action((version: string, options: YankOptions) => yank(cli, parseVersionReference(version), options));
  withExamples(
    command,
    'yank admin/code-review@1.2.0 --reason "leaks its instructions"',
    'yank admin/code-review@1.2.0 --undo',
  );
}

async function yank(
  { api, output }: CliContext,
  at: VersionReference,
  { reason, undo = false }: YankOptions,
): Promise<void> {
  if (undo && reason !== undefined) throw usageError('--undo takes no --reason');
  const { owner, name, version } = at;
  const body = { yanked: !undo, reason };
  const changed = await api.send(Version, 'PATCH', path`/v1/prompts/${owner}/${name}/versions/${version}`, { body });
  output.result(changed, () => safeLine(`${owner}/${name}@${version} is ${undo ? 'not yanked any more' : 'yanked'}.`));
}
