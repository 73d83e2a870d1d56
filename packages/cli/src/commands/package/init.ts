import type { Command } from 'commander';
import { basename, relative, resolve } from 'node:path';
import { withExample } from '../../example.js';
import { ToolFailure, wrongUsage } from '../../failure.js';
import { hasCode } from '../../files/examine-path.js';
import { NamedPath } from '../../files/named-path.js';
import { makeFolder, writeNew } from '../../files/write-files.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { Tool } from '../../tool.js';

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;

export function register(command: Command, tool: Tool): void {
  command
    .description('Writes a prompt.yaml, a prompt.md and a README.md to begin with. No file is overwritten.')
    .argument('[folder]', 'made if it is not there', '.')
    .option('--name <name>', "name of the prompt; the folder's if left out")
    .action((folder: string, options: { name?: string }) => init(tool, folder, options.name));
  withExample(command, 'init haiku', 'init . --name code-review');
}

async function init({ output }: Tool, folder: string, given: string | undefined): Promise<void> {
  const name = given ?? toName(basename(resolve(folder)));
  if (name.length > LONGEST_NAME || !NAME.test(name))
    throw wrongUsage(`${JSON.stringify(name)} is no name of a prompt`, 'Give --name with a-z, 0-9 and single hyphens.');
  const target = NamedPath.named(folder);
  await makeFolder(target);
  const files = filesOf(name);
  for (const [file, text] of files) await writeOnly(target.below(file), text);
  const here = relative('.', resolve(folder)) || '.';
  output.result({ folder: resolve(folder), name, version: '1.0.0', files: [...files.keys()] }, () => [
    `${safeLine(here)} holds the package ${output.style('bold', name)} now: ${[...files.keys()].join(', ')}`,
    `Write prompt.md, then: promptyard publish ${safeLine(here)} --create`,
  ]);
}

function toName(folder: string): string {
  const words = folder.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, LONGEST_NAME).replace(/-$/, '');
}

async function writeOnly(file: NamedPath, text: string): Promise<void> {
  try {
    await writeNew(file, text);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    throw new ToolFailure(`${file.shown} is there already`, {
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
