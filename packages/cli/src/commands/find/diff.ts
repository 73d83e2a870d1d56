import type { Command } from 'commander';
import { RevisionDiff } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { parsePromptName, type PromptReference } from '../../api/prompt-reference.js';
import { withExamples } from '../../with-examples.js';
import type { Output, Style } from '../../terminal/output.js';
import { safeLine, safeText } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Compares two revisions of a prompt. Only the patch is written to stdout, in the format of `git apply`.',
    )
    .argument('<prompt>', 'owner/name')
    .argument('<from>', 'a revision, a version or a label')
    .argument('[to]', 'a revision, a version or a label', 'latest')
    .action((prompt: string, from: string, to: string) => diff(cli, parsePromptName(prompt), from, to));
  withExamples(command, 'diff admin/code-review production', 'diff admin/code-review 1.0.0 2.0.0 > change.patch');
}

async function diff(
  { api, output }: CliContext,
  { owner, name }: PromptReference,
  from: string,
  to: string,
): Promise<void> {
  const difference = await api.get(RevisionDiff, path`/v1/prompts/${owner}/${name}/diff`, { from, to });
  if (output.json) return output.result(difference, () => '');
  if (difference.unified === '') output.note(`revisions ${difference.from} and ${difference.to} have the same text`);
  for (const line of otherChanges(difference)) output.note(safeLine(line));
  output.write(output.isTerminal ? colourLines(difference.unified, output) : difference.unified);
}

/** The changes that the patch does not show. */
function otherChanges({ variables: { added, removed, changed }, settings }: RevisionDiff): string[] {
  const line = (what: string, items: readonly { name: string }[]): string[] =>
    items.length === 0 ? [] : [`${what}: ${items.map(({ name }) => name).join(', ')}`];
  return [
    ...line('variables added', added),
    ...line('variables removed', removed),
    ...line('variables changed', changed),
    ...line('settings changed', settings),
  ];
}

function colourLines(unified: string, output: Output): string {
  const lines = safeText(unified).split('\n');
  return lines.map((line, index) => output.style(styleOf(line, index), line)).join('\n');
}

/** Only the first two lines are file names. A later `--- x` is a removed line that began with `-- `. */
function styleOf(line: string, index: number): Style {
  if (index < 2) return 'bold';
  if (line.startsWith('@@')) return 'cyan';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : 'reset';
}
