import type { Command } from 'commander';
import { LabelList, type Label, Prompt, Resolved } from '../../api/answers.js';
import { ApiFailure } from '../../api/api-failure.js';
import { path } from '../../api/path.js';
import { parsePromptName, type PromptReference } from '../../api/prompt-reference.js';
import { withExample } from '../../example.js';
import type { Output } from '../../terminal/output.js';
import { day } from '../../terminal/quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import { table } from '../../terminal/table.js';
import type { Tool } from '../../tool.js';

export function register(command: Command, tool: Tool): void {
  command.argument('<prompt>', 'owner/name').action((prompt: string) => info(tool, parsePromptName(prompt)));
  withExample(command, 'info admin/code-review');
}

async function info({ api, output }: Tool, { owner, name }: PromptReference): Promise<void> {
  const at = path`/v1/prompts/${owner}/${name}`;
  const [prompt, labels, production] = await Promise.all([
    api.get(Prompt, at),
    api.get(LabelList, `${at}/labels`),
    api.get(Resolved, `${at}/resolve`).catch(nothingInProduction),
  ]);
  const variables = production?.variables ?? [];
  output.result({ ...prompt, labels: labels.items, variables }, () => [
    ...heading(prompt, output),
    ...table([...facts(prompt), ['labels', labels.items.map(showLabel).join(', ') || '-']]),
    ...(variables.length === 0
      ? []
      : ['', output.style('bold', 'Variables of production'), ...variableRows(variables)]),
  ]);
}

/** A prompt may have no label `production` yet; if the prompt itself is missing, the other requests say so. */
function nothingInProduction(error: unknown): undefined {
  if (error instanceof ApiFailure && error.status === 404) return undefined;
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
    ['created', day(prompt.created_at)],
    ['updated', day(prompt.updated_at)],
  ];
}

function showLabel({ label, revision, protected: isProtected }: Label): string {
  return `${safeLine(label)} → ${revision ?? 'nothing'}${isProtected ? ' (protected)' : ''}`;
}

function variableRows(variables: Resolved['variables']): string[] {
  return table(
    variables.map(({ name, required, type, description }) => [
      `  ${safeLine(name)}`,
      required ? 'required' : 'optional',
      typeof type === 'string' ? safeLine(type) : 'text',
      typeof description === 'string' ? safeLine(description) : '',
    ]),
  );
}
