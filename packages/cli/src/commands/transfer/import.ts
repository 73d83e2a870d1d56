import { type Command, Option } from 'commander';
import { Me } from '../../api/answers.js';
import { path } from '../../api/path.js';
import { withExample } from '../../example.js';
import type { Tool } from '../../tool.js';
import { importKinds, type ImportKind, type ImportOptions } from './import-kinds.js';

export function register(command: Command, tool: Tool): void {
  command.description(
    'Brings prompts from elsewhere. Run again, it changes nothing, or brings what is new; a run that broke off is\n' +
      'finished by the next. What the server sets itself, times and authors, is kept in meta.import of each revision\n' +
      'and in its message.',
  );
  for (const kind of importKinds) addKind(command, kind, tool);
  withExample(command, 'import packages ./prompts', 'import open-webui prompts-export.json --owner acme');
}

function addKind(command: Command, kind: ImportKind, tool: Tool): void {
  const added = command
    .command(kind.name)
    .summary(kind.summary)
    .description(kind.description ?? `Brings ${kind.summary}.`)
    .argument(`<${kind.argument}>`, kind.argumentHelp)
    .option('--owner <owner>', 'a user or an organization to import into; you, if left out');
  if (kind.keepsVisibility !== true) {
    const visibility = new Option('--visibility <visibility>', 'of prompts that are made');
    added.addOption(visibility.choices(['public', 'private']).default('private'));
  }
  if (kind.credentials !== undefined)
    added.addHelpText('after', `\nCredentials of the source, from the environment: ${kind.credentials}.`);
  added.action(async (what: string, options: Partial<ImportOptions>) => {
    const owner = options.owner ?? (await tool.api.get(Me, path`/v1/me`)).username;
    await kind.run(tool, what, { owner, visibility: options.visibility ?? 'private' });
  });
  withExample(added, ...kind.examples);
}
