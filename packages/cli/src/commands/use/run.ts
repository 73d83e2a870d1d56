import type { Command } from 'commander';
import type { GivenValues } from '@promptyard/template/render/fill-variables.js';
import { Rendered } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { parseReference, toSelection } from '../../api/prompt-reference.js';
import { withExamples } from '../../with-examples.js';
import { usageError } from '../../cli-error.js';
import { renderLocally } from '../../render/render-locally.js';
import { folderTemplate, serverTemplate } from '../../render/template-source.js';
import { gatherValues } from '../../render/gather-values.js';
import type { CliContext } from '../../cli-context.js';

export interface RunOptions {
  var: string[];
  varFile: string[];
  stdin?: string;
  at?: string;
  expect?: string;
  strict?: true;
  remote?: true;
}

export function register(command: Command, cli: CliContext): void {
  const more = (value: string, before: string[]): string[] => [...before, value];
  command
    .description(
      'Renders a prompt and writes the text to stdout. The template is downloaded and rendered locally; values stay on this\n' +
        'machine unless --remote is given. A folder that starts with ./ or / is rendered without a server.',
    )
    .argument('<prompt>', 'owner/name, owner/name@label|revision|version|range, or ./folder')
    .option('--var <name=value>', 'value of a variable; can be repeated', more, [])
    .option('--var-file <file>', 'values as a JSON or YAML mapping, `-` for stdin; --var overrides them', more, [])
    .option('--stdin <name>', 'the variable that gets the text of stdin')
    .option('--at <time>', 'the time at which to read the label, RFC 3339')
    .option('--expect <digest>', 'fail with exit code 5 if the digest differs, sha256:<hex>')
    .option('--strict', 'refuse values for unknown variables')
    .option('--remote', 'render on the server')
    .action((prompt: string, options: RunOptions) => run(cli, prompt, options));
  withExamples(
    command,
    'run admin/haiku --var topic=rain',
    'run admin/code-review@staging --stdin diff < change.patch',
    'run ./my-prompt --var-file values.yaml --json',
  );
}

async function run(cli: CliContext, prompt: string, options: RunOptions): Promise<void> {
  const values = await gatherValues(cli, options);
  const rendered = await render(cli, prompt, options, values);
  if (cli.output.json) cli.output.result(rendered, () => '');
  else cli.output.raw(rendered.text);
}

async function render(cli: CliContext, prompt: string, options: RunOptions, values: GivenValues): Promise<Rendered> {
  const { at, expect, strict = false, remote } = options;
  if (/^[./]/.test(prompt)) {
    if (remote || at !== undefined || expect !== undefined)
      throw usageError('--remote, --at and --expect are for prompts on a server, not for a folder');
    return renderLocally(await folderTemplate(prompt), { values, strict, api: cli.api });
  }
  const { owner, name, selector } = parseReference(prompt);
  const selection = toSelection(selector);
  if (!remote) {
    const root = await serverTemplate(cli.api, { owner, name }, { ...selection, at, expect });
    return renderLocally(root, { values, strict, api: cli.api });
  }
  const body = { ...asBody(selection), at, expect, variables: values, strict };
  return cli.api.send(Rendered, 'POST', path`/v1/prompts/${owner}/${name}/render`, { body });
}

/** A revision is a number in a body, and text in a query. */
function asBody(selection: ReturnType<typeof toSelection>): object {
  return 'revision' in selection ? { revision: Number(selection.revision) } : selection;
}
