import type { Command } from 'commander';
import { Label, LabelList, Resolved } from '../../api/response-schemas.js';
import type { ApiClient } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { parsePromptName, type PromptReference, toSelection } from '../../api/prompt-reference.js';
import { withExamples } from '../../with-examples.js';
import { safeLine } from '../../terminal/safe-text.js';
import { formatDay } from '../../terminal/format-quantities.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  const list = command.command('list').description('list the labels of a prompt').argument('<prompt>', 'owner/name');
  list.action((prompt: string) => listLabels(cli, parsePromptName(prompt)));
  const move = command
    .command('move')
    .description('point a label to a revision; a missing label is created')
    .argument('<prompt>', 'owner/name')
    .argument('<label>', 'the label to move')
    .argument('<to>', 'a revision, a version, a range or another label');
  move.action((prompt: string, label: string, to: string) => moveLabel(cli, parsePromptName(prompt), label, to));
  const remove = command
    .command('delete')
    .description('delete a label; its history stays')
    .argument('<prompt>', 'owner/name')
    .argument('<label>', 'the label');
  remove.action((prompt: string, label: string) => deleteLabel(cli, parsePromptName(prompt), label));
  withExamples(command, 'label list admin/code-review', 'label move admin/code-review production 1.2.0');
  withExamples(list, 'label list admin/code-review');
  withExamples(move, 'label move admin/code-review production staging', 'label move admin/code-review production 7');
  withExamples(remove, 'label delete admin/code-review staging');
}

async function listLabels({ api, output }: CliContext, { owner, name }: PromptReference): Promise<void> {
  const list = await api.get(LabelList, path`/v1/prompts/${owner}/${name}/labels`);
  output.result(list, () =>
    formatTable(
      list.items.map(({ label, revision, moved_at, moved_by, protected: isProtected, writers }) => [
        output.style('bold', safeLine(label)),
        revision === null ? '-' : `revision ${revision}`,
        moved_at === null ? '' : `${formatDay(moved_at)} ${safeLine(moved_by ?? '')}`.trim(),
        isProtected ? `protected: ${writers.map(safeLine).join(', ')}` : '',
      ]),
    ),
  );
}

async function moveLabel(
  { api, output }: CliContext,
  prompt: PromptReference,
  label: string,
  to: string,
): Promise<void> {
  const revision = await resolveRevision(api, prompt, to);
  const { owner, name } = prompt;
  const at = path`/v1/prompts/${owner}/${name}/labels/${label}`;
  const moved = await api.send(Label, 'PUT', at, { body: { revision } });
  output.result(moved, () => `${safeLine(`${owner}/${name}@${label}`)} is revision ${revision} now.`);
}

/** The resolved number, so that the printed revision is the one that the label points to. */
async function resolveRevision(api: ApiClient, { owner, name }: PromptReference, to: string): Promise<number> {
  const selection = toSelection(to);
  if ('revision' in selection) return Number(selection.revision);
  const { number } = await api.get(Resolved, path`/v1/prompts/${owner}/${name}/resolve`, { ...selection });
  return number;
}

async function deleteLabel(
  { api, output }: CliContext,
  { owner, name }: PromptReference,
  label: string,
): Promise<void> {
  await api.execute('DELETE', path`/v1/prompts/${owner}/${name}/labels/${label}`);
  output.result(
    { label, deleted: true },
    () => `${safeLine(`${owner}/${name}@${label}`)} is deleted; its history stays.`,
  );
}
