import type { Command } from 'commander';
import { basename, relative, resolve } from 'node:path';
import { withExamples } from '../../with-examples.js';
import { CliError, usageError } from '../../cli-error.js';
import { hasErrorCode } from '../../files/inspect-path.js';
import { SafePath } from '../../files/safe-path.js';
import { createFolder, writeNewFile } from '../../files/write-files.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const maxNameLength = 64;

export function register(command: Command, cli: CliContext): void {
  command
    .description('Creates a prompt.yaml, a prompt.md and a README.md. No file is overwritten.')
    .argument('[folder]', 'created if it is missing', '.')
    .option('--name <name>', "name of the prompt; the folder's by default")
    .action((folder: string, options: { name?: string }) => init(cli, folder, options.name));
  withExamples(command, 'init haiku', 'init . --name code-review');
}

async function init({ output }: CliContext, folder: string, given: string | undefined): Promise<void> {
  const name = given ?? toName(basename(resolve(folder)));
  if (name.length > maxNameLength || !namePattern.test(name))
    throw usageError(`${JSON.stringify(name)} is no name of a prompt`, 'Give --name with a-z, 0-9 and single hyphens.');
  const target = SafePath.fromArgument(folder);
  await createFolder(target);
  const files = filesOf(name);
  for (const [file, text] of files) await writeScaffoldFile(target.child(file), text);
  const here = relative('.', resolve(folder)) || '.';
  output.result({ folder: resolve(folder), name, version: '1.0.0', files: [...files.keys()] }, () => [
    `${safeLine(here)} has the package ${output.style('bold', name)} now: ${[...files.keys()].join(', ')}`,
    `Write prompt.md, then: promptyard publish ${safeLine(here)} --create`,
  ]);
}

function toName(folder: string): string {
  const words = folder.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, maxNameLength).replace(/-$/, '');
}

async function writeScaffoldFile(file: SafePath, text: string): Promise<void> {
  try {
    await writeNewFile(file, text);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    throw new CliError(`${file.display} already exists`, {
      code: 'FILE_EXISTS',
      hint: 'Nothing is overwritten: choose another folder.',
      cause: error,
    });
  }
}

function filesOf(name: string): Map<string, string> {
  const manifest = `name: ${JSON.stringify(name)}
version: 1.0.0
description: Says what the prompt is good for.
tags: []
inputs:
  - name: topic
    required: true
    description: What it is about.
`;
  const readme = `# ${name}\n\nWhat the prompt is for, and what it expects in \`topic\`.\n`;
  return new Map([
    ['prompt.yaml', manifest],
    ['prompt.md', 'Write about {{topic}}.\n'],
    ['README.md', readme],
  ]);
}
