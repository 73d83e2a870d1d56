import type { Command } from 'commander';
import type { CliContext } from './cli-context.js';

/** Adds arguments, options, examples (`withExamples`) and the action to the command with the entry's name. */
export type Register = (command: Command, cli: CliContext) => void;

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: 'Account' | 'Write packages' | 'Find' | 'Use' | 'Maintain' | 'Project' | 'Import and export';
  /** Imports the command's module. Only called commands are loaded, so that the program starts fast. */
  load(): Promise<{ register: Register }>;
}

/** All commands, in the order of the help. `--json` and `--url` are added to each. */
export const commandList: readonly CommandEntry[] = [
  {
    name: 'login',
    summary: 'sign in, and store an API key for this machine',
    group: 'Account',
    load: () => import('./commands/account/login.js'),
  },
  {
    name: 'logout',
    summary: 'revoke and delete the API key of this machine',
    group: 'Account',
    load: () => import('./commands/account/logout.js'),
  },
  {
    name: 'whoami',
    summary: 'show the server, the user and the token',
    group: 'Account',
    load: () => import('./commands/account/whoami.js'),
  },
  {
    name: 'search',
    summary: 'find prompts',
    group: 'Find',
    load: () => import('./commands/find/search.js'),
  },
  {
    name: 'info',
    summary: 'show the details of a prompt',
    group: 'Find',
    load: () => import('./commands/find/info.js'),
  },
  {
    name: 'versions',
    summary: 'list the published versions of a prompt',
    group: 'Find',
    load: () => import('./commands/find/versions.js'),
  },
  {
    name: 'diff',
    summary: 'compare two revisions, versions or labels',
    group: 'Find',
    load: () => import('./commands/find/diff.js'),
  },
  {
    name: 'stats',
    summary: 'show the downloads of a prompt',
    group: 'Find',
    load: () => import('./commands/find/stats.js'),
  },
  {
    name: 'resolve',
    summary: 'show the revision of a label, version or range',
    group: 'Use',
    load: () => import('./commands/use/resolve.js'),
  },
  {
    name: 'run',
    summary: 'render a prompt',
    group: 'Use',
    load: () => import('./commands/use/run.js'),
  },
  {
    name: 'init',
    summary: 'create a package in a folder',
    group: 'Write packages',
    load: () => import('./commands/package/init.js'),
  },
  {
    name: 'check',
    summary: 'validate a package without a server',
    group: 'Write packages',
    load: () => import('./commands/package/check.js'),
  },
  {
    name: 'pack',
    summary: 'pack a folder into a .tar.gz, with reproducible bytes',
    group: 'Write packages',
    load: () => import('./commands/package/pack.js'),
  },
  {
    name: 'publish',
    summary: 'upload a folder or a .tar.gz as a version',
    group: 'Write packages',
    load: () => import('./commands/package/publish.js'),
  },
  {
    name: 'label',
    summary: 'list, move and delete labels',
    group: 'Maintain',
    load: () => import('./commands/maintain/label.js'),
  },
  {
    name: 'yank',
    summary: 'hide a version from ranges, or show it again',
    group: 'Maintain',
    load: () => import('./commands/maintain/yank.js'),
  },
  {
    name: 'deprecate',
    summary: 'mark a version as deprecated',
    group: 'Maintain',
    load: () => import('./commands/maintain/deprecate.js'),
  },
  {
    name: 'install',
    summary: 'install packages into a project and verify them',
    group: 'Project',
    load: () => import('./commands/project/install.js'),
  },
  {
    name: 'lock',
    summary: 'write prompts.lock without installing',
    group: 'Project',
    load: () => import('./commands/project/lock.js'),
  },
  {
    name: 'verify',
    summary: 'compare installed files and the registry with the lock',
    group: 'Project',
    load: () => import('./commands/project/verify.js'),
  },
  {
    name: 'outdated',
    summary: 'list packages with newer versions',
    group: 'Project',
    load: () => import('./commands/project/outdated.js'),
  },
  {
    name: 'import',
    summary: 'import prompts from another system',
    group: 'Import and export',
    load: () => import('./commands/transfer/import.js'),
  },
  {
    name: 'export',
    summary: 'export all prompts of an owner into one archive',
    group: 'Import and export',
    load: () => import('./commands/transfer/export.js'),
  },
  {
    name: 'completion',
    summary: 'write the completion script of a shell',
    group: 'Account',
    load: () => import('./commands/completion.js'),
  },
];
