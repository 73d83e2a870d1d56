import type { Command } from 'commander';
import { Me } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { inspectFile } from '../../files/inspect-path.js';
import { SafePath } from '../../files/safe-path.js';
import { withExamples } from '../../with-examples.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Exports all prompts of an owner into one .tar.gz: with grants, revisions, labels and their moves,\n' +
        'packages, and the digest of every file. `promptyard import archive` imports it into another registry.\n' +
        'Prompts that you may not read are left out. Each package counts as one download.',
    )
    .argument('<file>', 'the .tar.gz to write')
    .option('--owner <owner>', 'a user or an organization; you by default')
    .action((file: string, options: { owner?: string }) => exportOwner(cli, file, options.owner));
  withExamples(command, 'export --owner acme acme.tar.gz');
}

async function exportOwner({ api, output }: CliContext, file: string, wanted: string | undefined): Promise<void> {
  await inspectFile(SafePath.fromArgument(file));
  const { runExport } = await import('../../transfer/archive/run-export.js');
  const owner = wanted ?? (await api.get(Me, path`/v1/me`)).username;
  await runExport(api, owner, file, output);
}
