import type { Command } from 'commander';
import { Me } from '../../api/answers.js';
import { path } from '../../api/path.js';
import { examineFile } from '../../files/examine-path.js';
import { NamedPath } from '../../files/named-path.js';
import { withExample } from '../../example.js';
import type { Tool } from '../../tool.js';

export function register(command: Command, tool: Tool): void {
  command
    .description(
      'Writes everything of an owner into one .tar.gz: prompts with their grants, all revisions, labels with their moves,\n' +
        'packages byte for byte, and the digest of every file. `promptyard import archive` brings it into another registry.\n' +
        'What you may not see is not in it. Each package counts as one download.',
    )
    .argument('<file>', 'the .tar.gz to write')
    .option('--owner <owner>', 'a user or an organization; you, if left out')
    .action((file: string, options: { owner?: string }) => exportOwner(tool, file, options.owner));
  withExample(command, 'export --owner acme acme.tar.gz');
}

async function exportOwner({ api, output }: Tool, file: string, wanted: string | undefined): Promise<void> {
  await examineFile(NamedPath.named(file));
  const { runExport } = await import('../../transfer/archive/run-export.js');
  const owner = wanted ?? (await api.get(Me, path`/v1/me`)).username;
  await runExport(api, owner, file, output);
}
