import type { Source } from '@promptyard/import/source.js';
import type { CliContext } from '../../cli-context.js';

export interface ImportOptions {
  readonly owner: string;
  readonly visibility: 'public' | 'private';
}

/** A source of prompts: a subcommand of `import`. */
export interface ImportSource {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly argument: string;
  readonly argumentHelp: string;
  /** The names of the environment variables. */
  readonly credentials?: string;
  /** Whether the source has the visibility of its prompts. */
  readonly keepsVisibility?: true;
  readonly examples: readonly string[];
  run(cli: CliContext, what: string, options: ImportOptions): Promise<void>;
}

export const importSources: readonly ImportSource[] = [
  {
    name: 'packages',
    summary: 'all packages below a folder, lowest version first',
    argument: 'folder',
    argumentHelp: 'where to look',
    examples: ['import packages ./prompts --owner acme'],
    run: async ({ api, output }, folder, options) => {
      const { runPackageImport } = await import('../../transfer/packages/run-package-import.js');
      await runPackageImport({ api, ...options }, folder, output);
    },
  },
  {
    name: 'conductor',
    summary: 'the templates of a Conductor server, with versions and numbers',
    argument: 'url',
    argumentHelp: 'address of the server',
    credentials: 'CONDUCTOR_AUTH_KEY and CONDUCTOR_AUTH_SECRET, or CONDUCTOR_AUTH_TOKEN',
    examples: ['import conductor https://conductor.example.com --owner workspace'],
    run: (cli, url, options) =>
      importFromSource(cli, options, async () => (await loadSourceFactories()).openConductor(cli.env, url)),
  },
  {
    name: 'open-webui',
    summary: 'an export file of Open WebUI, or a server with its histories',
    argument: 'file or url',
    argumentHelp: 'the JSON file, or the address of the server',
    credentials: 'OPEN_WEBUI_TOKEN, for a server',
    examples: ['import open-webui prompts-export.json', 'import open-webui http://localhost:8080 --owner workspace'],
    run: (cli, what, options) =>
      importFromSource(cli, options, async () => (await loadSourceFactories()).openOpenWebUi(cli.env, what)),
  },
  {
    name: 'langfuse',
    summary: 'the prompts of Langfuse, with versions and labels',
    argument: 'url',
    argumentHelp: 'address of the server',
    credentials: 'LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY',
    examples: ['import langfuse https://cloud.langfuse.com --owner acme'],
    run: (cli, url, options) =>
      importFromSource(cli, options, async () => (await loadSourceFactories()).openLangfuse(cli.env, url)),
  },
  {
    name: 'prompts-chat',
    summary: 'the CSV of prompts.chat',
    argument: 'file',
    argumentHelp: 'the CSV, with the columns act and prompt',
    examples: ['import prompts-chat prompts.csv --visibility public'],
    run: (cli, file, options) =>
      importFromSource(cli, options, async () => {
        const { PromptsChatFile } = await import('@promptyard/import/sources/prompts-chat.js');
        const { fileInput } = await import('../../transfer/file-input.js');
        return new PromptsChatFile(fileInput(file));
      }),
  },
  {
    name: 'archive',
    summary: 'an archive of `promptyard export`',
    description:
      'Verifies an archive of `promptyard export`, then imports it: prompts, histories,\n' +
      'labels with their moves, packages, yanks, deprecations, grants. Times, authors, download counts and\n' +
      "Conductor's versions are new; times and authors stay in the archive.",
    argument: 'file',
    argumentHelp: 'the .tar.gz',
    keepsVisibility: true,
    examples: ['import archive acme.tar.gz --owner acme'],
    run: async ({ api, output }, file, { owner }) => {
      const { runArchiveImport } = await import('../../transfer/archive/run-archive-import.js');
      const { fileInput } = await import('../../transfer/file-input.js');
      await runArchiveImport({ api, owner }, fileInput(file), output);
    },
  },
];

function loadSourceFactories() {
  return import('../../transfer/open-source.js');
}

async function importFromSource(cli: CliContext, options: ImportOptions, open: () => Promise<Source>): Promise<void> {
  const { importAll } = await import('../../transfer/import-all.js');
  await importAll(await open(), { api: cli.api, ...options }, cli.output);
}
