import type { Command } from 'commander';
import type { CliContext } from './cli-context.js';

/** Adds arguments, options, examples (`withExamples`) and the action to the command with the entry's name. */
export type Register = (command: Command, cli: CliContext) => void;

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: 'Account' | 'Write packages' | 'Find' | 'Use' | 'Maintain' | 'Project' | 'Move';
  /** Imports the command's module. Only called commands are loaded, so that the program starts fast. */
  load(): Promise<{ register: Register }>;
}

/** All commands, in the order of the help. `--json` and `--url` are added to each. */
export const commandList: readonly CommandEntry[] = [
  {
    name: 'login',
    summary: 'sign in, and keep a key for this machine',
    group: 'Account',
    load: () => import('./commands/account/login.js'),
  },
  {
    name: 'logout',
    summary: 'revoke and forget the key of this machine',
    group: 'Account',
    load: () => import('./commands/account/logout.js'),
  },
  {
    name: 'whoami',
    summary: 'say which server, which user and which token are used',
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
    summary: 'show what a prompt is',
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
    summary: 'say which revision a label, version or range means',
    group: 'Use',
    load: () => import('./commands/use/resolve.js'),
  },
  {
    name: 'run',
    summary: 'fill in a prompt and write the text',
    group: 'Use',
    load: () => import('./commands/use/run.js'),
  },
  {
    name: 'init',
    summary: 'start a package in a folder',
    group: 'Write packages',
    load: () => import('./commands/package/init.js'),
  },
  {
    name: 'check',
    summary: 'say all that is wrong with a package, without a server',
    group: 'Write packages',
    load: () => import('./commands/package/check.js'),
  },
  {
    name: 'pack',
    summary: 'make the .tar.gz of a folder, the same bytes every time',
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
    summary: 'say what to use instead of a version',
    group: 'Maintain',
    load: () => import('./commands/maintain/deprecate.js'),
  },
  {
    name: 'install',
    summary: 'install packages into a project, each byte checked',
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
    summary: 'check what is installed, and the registry, against the lock',
    group: 'Project',
    load: () => import('./commands/project/verify.js'),
  },
  {
    name: 'outdated',
    summary: 'list what has newer versions',
    group: 'Project',
    load: () => import('./commands/project/outdated.js'),
  },
  {
    name: 'import',
    summary: 'bring prompts from elsewhere',
    group: 'Move',
    load: () => import('./commands/transfer/import.js'),
  },
  {
    name: 'export',
    summary: 'write everything of an owner into one archive',
    group: 'Move',
    load: () => import('./commands/transfer/export.js'),
  },
  {
    name: 'completion',
    summary: 'write the completion script of a shell',
    group: 'Account',
    load: () => import('./commands/completion.js'),
  },
];
