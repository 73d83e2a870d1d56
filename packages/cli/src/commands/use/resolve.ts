import type { Command } from 'commander';
import { Resolved } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { parseReference, toSelection } from '../../api/prompt-reference.js';
import { withExamples } from '../../with-examples.js';
import type { Output } from '../../terminal/output.js';
import { formatDay } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

interface ResolveOptions {
  at?: string;
  expect?: string;
  content?: true;
}

export function register(command: Command, cli: CliContext): void {
  command
    .argument('<prompt>', 'owner/name, or owner/name@ with a label, revision, version or range; production by default')
    .option('--at <time>', 'the time at which to read the label, RFC 3339')
    .option('--expect <digest>', 'fail with exit code 5 if the digest differs, sha256:<hex>')
    .option('--content', 'write only the text of the template')
    .action((prompt: string, options: ResolveOptions) => resolve(cli, prompt, options));
  withExamples(command, 'resolve admin/code-review@^1.2', 'resolve admin/code-review@staging --content > staging.md');
}

async function resolve(
  { api, output }: CliContext,
  prompt: string,
  { at, expect, content }: ResolveOptions,
): Promise<void> {
  const { owner, name, selector } = parseReference(prompt);
  const query = { ...toSelection(selector), at, expect };
  const response = await api.fetchResponse('GET', path`/v1/prompts/${owner}/${name}/resolve`, { query });
  const resolved = await api.parseResponse(Resolved, response);
  const notice = response.headers.get('deprecation-notice');
  if (notice !== null) output.warn(`deprecated: ${safeLine(notice)}`);
  if (content && !output.json) return output.raw(resolved.content);
  output.result(resolved, () => formatTable(facts(resolved, output)));
}

function facts(resolved: Resolved, output: Output): string[][] {
  const { label, version } = resolved.resolved_by;
  const { labels = [], variables } = resolved;
  return [
    ['prompt', output.style('bold', safeLine(`${resolved.owner}/${resolved.name}`))],
    ['revision', String(resolved.number)],
    ['digest', resolved.digest],
    ...(label === undefined ? [] : [['label', safeLine(label)]]),
    ...(version === undefined ? [] : [['version', version]]),
    ...(labels.length === 0 ? [] : [['labels', labels.map(safeLine).join(', ')]]),
    ['variables', variables.map(({ name, required }) => safeLine(name) + (required ? '*' : '')).join(', ') || '-'],
    ['created', formatDay(resolved.created_at)],
  ];
}
