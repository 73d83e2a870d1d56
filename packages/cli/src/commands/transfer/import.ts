import { type Command, Option } from 'commander';
import { Me } from '../../api/response-schemas.js';
import { path } from '../../api/path.js';
import { withExamples } from '../../with-examples.js';
import type { CliContext } from '../../cli-context.js';
import { importSources, type ImportSource, type ImportOptions } from './import-sources.js';

export function register(command: Command, cli: CliContext): void {
  command.description(
    'Imports prompts from another system. A second run imports only what is new, and completes a run that was\n' +
      'interrupted. The original times and authors are stored in meta.import of each revision\n' +
      'and in its commit message.',
  );
  for (const kind of importSources) addSource(command, kind, cli);
  withExamples(command, 'import packages ./prompts', 'import open-webui prompts-export.json --owner acme');
}

function addSource(command: Command, kind: ImportSource, cli: CliContext): void {
  const added = command
    .command(kind.name)
    .summary(kind.summary)
    .description(kind.description ?? `Imports ${kind.summary}.`)
    .argument(`<${kind.argument}>`, kind.argumentHelp)
    .option('--owner <owner>', 'a user or an organization to import into; you by default');
  if (kind.keepsVisibility !== true) {
    const visibility = new Option('--visibility <visibility>', 'visibility of created prompts');
    added.addOption(visibility.choices(['public', 'private']).default('private'));
  }
  if (kind.credentials !== undefined)
    added.addHelpText('after', `\nCredentials of the source, from the environment: ${kind.credentials}.`);
  added.action(async (what: string, options: Partial<ImportOptions>) => {
    const owner = options.owner ?? (await cli.api.get(Me, path`/v1/me`)).username;
    await kind.run(cli, what, { owner, visibility: options.visibility ?? 'private' });
  });
  withExamples(added, ...kind.examples);
}
