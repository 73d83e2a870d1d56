import type { Command } from 'commander';
import { LabelList, type Label, Prompt, Resolved } from '../../api/response-schemas.js';
import { ApiError } from '../../api/api-error.js';
import { path } from '../../api/path.js';
import { parsePromptName, type PromptReference } from '../../api/prompt-reference.js';
import { withExamples } from '../../with-examples.js';
import type { Output } from '../../terminal/output.js';
import { formatDay } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command.argument('<prompt>', 'owner/name').action((prompt: string) => info(cli, parsePromptName(prompt)));
  withExamples(command, 'info admin/code-review');
}

async function info({ api, output }: CliContext, { owner, name }: PromptReference): Promise<void> {
  const at = path`/v1/prompts/${owner}/${name}`;
  const [prompt, labels, production] = await Promise.all([
    api.get(Prompt, at),
    api.get(LabelList, `${at}/labels`),
    api.get(Resolved, `${at}/resolve`).catch(undefinedIfNotFound),
  ]);
  const variables = production?.variables ?? [];
  output.result({ ...prompt, labels: labels.items, variables }, () => [
    ...heading(prompt, output),
    ...formatTable([...facts(prompt), ['labels', labels.items.map(formatLabel).join(', ') || '-']]),
    ...(variables.length === 0
      ? []
      : ['', output.style('bold', 'Variables of production'), ...variableRows(variables)]),
  ]);
}

/** A prompt may have no label `production` yet; if the prompt itself is missing, the other requests say so. */
function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
}

function heading({ owner_username, name, description }: Prompt, output: Output): string[] {
  const title = output.style('bold', safeLine(`${owner_username}/${name}`));
  return description === '' ? [title, ''] : [title, safeLine(description), ''];
}

function facts(prompt: Prompt): string[][] {
  return [
    ['latest version', prompt.latest_version ?? '-'],
    ['visibility', prompt.visibility],
    ['tags', prompt.tags.map(safeLine).join(', ') || '-'],
    ['downloads', String(prompt.download_count)],
    ['created', formatDay(prompt.created_at)],
    ['updated', formatDay(prompt.updated_at)],
  ];
}

function formatLabel({ label, revision, protected: isProtected }: Label): string {
  return `${safeLine(label)} → ${revision ?? 'nothing'}${isProtected ? ' (protected)' : ''}`;
}

function variableRows(variables: Resolved['variables']): string[] {
  return formatTable(
    variables.map(({ name, required, type, description }) => [
      `  ${safeLine(name)}`,
      required ? 'required' : 'optional',
      typeof type === 'string' ? safeLine(type) : 'text',
      typeof description === 'string' ? safeLine(description) : '',
    ]),
  );
}
