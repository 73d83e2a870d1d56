import type { Command } from 'commander';
import { Version } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { parseVersionReference, type VersionReference } from '../../api/version-reference.js';
import { withExamples } from '../../with-examples.js';
import { usageError } from '../../cli-error.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command
    .description('Adds a notice to every read of a version. The version stays available.')
    .argument('<version>', 'owner/name@1.2.3')
    .argument('[notice]', 'what to use instead')
    .option('--undo', 'remove the notice')
    .action((version: string, notice: string | undefined, { undo }: { undo?: true }) =>
      deprecate(cli, parseVersionReference(version), undo ? noNotice(notice) : notice),
    );
  withExamples(command, 'deprecate admin/haiku@1.0.0 "use admin/poem"', 'deprecate admin/haiku@1.0.0 --undo');
}

function noNotice(notice: string | undefined): null {
  if (notice !== undefined) throw usageError('--undo takes no notice');
  return null;
}

async function deprecate(
  { api, output }: CliContext,
  { owner, name, version }: VersionReference,
  notice: string | null | undefined,
): Promise<void> {
  if (notice === undefined) throw usageError('the notice is missing', 'Write what to use instead, or give --undo.');
  const at = path`/v1/prompts/${owner}/${name}/versions/${version}`;
  const changed = await api.send(Version, 'PATCH', at, { body: { deprecated: notice } });
  output.result(changed, () =>
    safeLine(`${owner}/${name}@${version} is ${notice === null ? 'not deprecated any more' : 'deprecated'}.`),
  );
}
