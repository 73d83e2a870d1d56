import type { Command } from 'commander';
import { withExample } from '../../example.js';
import { NamedPath } from '../../files/named-path.js';
import { replaceFile } from '../../files/write-files.js';
import { expectValid } from '../../package/check-package.js';
import { loadFolder } from '../../package/load-folder.js';
import { showProblem } from '../../package/problem.js';
import { bytes, count } from '../../terminal/quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { Tool } from '../../tool.js';

export function register(command: Command, tool: Tool): void {
  command
    .description(
      'Packs a folder. Left out are names that begin with a dot, node_modules, and packages at its root. Times, owners\n' +
        'and permissions are not kept, so that the same files make the same bytes on every machine.',
    )
    .argument('[folder]', 'the folder with the prompt.yaml', '.')
    .option('-o, --output <file>', 'where to; <name>-<version>.tar.gz if left out')
    .action((folder: string, options: { output?: string }) => pack(tool, folder, options.output));
  withExample(command, 'pack', 'pack prompts/haiku -o haiku.tar.gz');
}

async function pack({ output }: Tool, folder: string, target: string | undefined): Promise<void> {
  const candidate = await loadFolder(NamedPath.named(folder));
  const { identity, archive, sha256, contents, warnings } = await expectValid(candidate);
  const file = target ?? `${identity.name}-${identity.version}.tar.gz`;
  await replaceFile(NamedPath.named(file), archive);
  for (const warning of warnings) output.warn(safeLine(showProblem(warning)));
  if (candidate.leftOut.length > 0) output.note(`left out: ${safeLine(candidate.leftOut.join(', '))}`);
  const result = {
    file,
    ...identity,
    sha256,
    size: archive.length,
    files: contents.files,
    left_out: candidate.leftOut,
  };
  output.result(result, () => [
    `${output.style('bold', safeLine(file))}  ${count(contents.files.length, 'file')}, ${bytes(archive.length)}`,
    `sha256 ${sha256}`,
  ]);
}
