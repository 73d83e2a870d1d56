import type { Command } from 'commander';
import { withExamples } from '../../with-examples.js';
import { SafePath } from '../../files/safe-path.js';
import { replaceFile } from '../../files/write-files.js';
import { requireValidPackage } from '../../package/check-package.js';
import { loadFolder } from '../../package/load-folder.js';
import { formatProblem } from '../../package/problem.js';
import { formatBytes, formatCount } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Packs a folder without hidden files, node_modules, and packages at its root. Times, owners\n' +
        'and permissions are left out, so that the same files give the same bytes on every machine.',
    )
    .argument('[folder]', 'the folder with the prompt.yaml', '.')
    .option('-o, --output <file>', 'the file to write; <name>-<version>.tar.gz by default')
    .action((folder: string, options: { output?: string }) => pack(cli, folder, options.output));
  withExamples(command, 'pack', 'pack prompts/haiku -o haiku.tar.gz');
}

async function pack({ output }: CliContext, folder: string, target: string | undefined): Promise<void> {
  const candidate = await loadFolder(SafePath.fromArgument(folder));
  const { identity, archive, sha256, contents, warnings } = await requireValidPackage(candidate);
  const file = target ?? `${identity.name}-${identity.version}.tar.gz`;
  await replaceFile(SafePath.fromArgument(file), archive);
  for (const warning of warnings) output.warn(safeLine(formatProblem(warning)));
  if (candidate.excluded.length > 0) output.note(`left out: ${safeLine(candidate.excluded.join(', '))}`);
  const result = {
    file,
    ...identity,
    sha256,
    size: archive.length,
    files: contents.files,
    left_out: candidate.excluded,
  };
  output.result(result, () => [
    `${output.style('bold', safeLine(file))}  ${formatCount(contents.files.length, 'file')}, ${formatBytes(archive.length)}`,
    `sha256 ${sha256}`,
  ]);
}
