import { Command } from 'commander';
import type { Orphan, OrphansService, Removal } from '../versions/orphans/orphans.service.js';
import { TaskRefused } from './task-refused.js';
import type { AdminTask } from './with-database.js';

const caution = `
Another database that uses the same bucket, such as the production server's if this one is a restored copy, may have
published what this one does not know. Look at the list on the database that is in production, and remove there.
`;

const reasons: Record<Orphan['status'], string> = {
  unknown: 'unknown here: published after the backup that this database was restored from, or by another database',
  unfinished: 'left by an upload that did not finish here; a copy of this database may have finished it',
  adopted: 'a version of another database has adopted it',
};

const outcomes: Record<Removal, string> = {
  removed: 'removed',
  absent: 'not there',
  'no package': 'left alone: no package has such a key',
  adopted: 'left alone: a version of another database has adopted it (--even-adopted removes it all the same)',
  named: 'left alone: a version of this database has it',
  pending: 'left alone: an upload that runs has it, or a server is about to remove it',
};

/** `orphans` lists objects that no version names; `orphans remove` removes them. */
export function orphansCommand(run: (task: AdminTask) => Promise<void>): Command {
  const command = new Command('orphans')
    .description('list the packages in the object store that no version of this database names')
    .option('--prefix <key>', 'only keys that start so, such as <owner id>/<prompt>/', '')
    .addHelpText('after', caution)
    .action(({ prefix }: { prefix: string }) => run(async (tools) => list(await tools.orphans(), prefix)));
  command
    .command('remove')
    .description('remove packages that no version of this database names; they cannot be brought back')
    .argument('[keys...]', 'their keys, as listed')
    .option('--all', 'all that are listed')
    .option('--even-adopted', 'also what a version of another database has adopted')
    .option('--yes', 'remove them; without it nothing is removed')
    .addHelpText('after', caution)
    .action((keys: string[], options: RemoveOptions) =>
      run(async (tools) => remove(await tools.orphans(), keys, options)),
    );
  return command;
}

interface RemoveOptions {
  readonly all?: true;
  readonly evenAdopted?: true;
  readonly yes?: true;
}

async function list(orphans: OrphansService, prefix: string): Promise<string> {
  let count = 0;
  let bytes = 0;
  for await (const orphan of orphans.list(prefix)) {
    process.stdout.write(`${formatOrphan(orphan)}\n`);
    count += 1;
    bytes += orphan.size;
  }
  return count === 0
    ? 'every package in the object store is a version’s'
    : `${count} ${count === 1 ? 'package' : 'packages'}, ${bytes} bytes`;
}

async function remove(
  orphans: OrphansService,
  keys: readonly string[],
  { all = false, evenAdopted = false, yes = false }: Partial<Record<keyof RemoveOptions, boolean>>,
): Promise<string> {
  if (all === keys.length > 0) throw new TaskRefused('name the keys to remove, or --all');
  let removed = 0;
  let requested = 0;
  for await (const key of all ? keysOf(orphans) : keys) {
    requested += 1;
    const outcome = yes ? await orphans.remove(key, { adopted: evenAdopted }) : undefined;
    process.stdout.write(`${key}\t${outcome ? outcomes[outcome] : 'would be removed, if nothing speaks against it'}\n`);
    if (outcome === 'removed') removed += 1;
  }
  if (!yes) throw new TaskRefused('nothing is removed without --yes');
  if (removed < requested) process.exitCode = 1;
  return `${removed} of ${requested} removed`;
}

async function* keysOf(orphans: OrphansService): AsyncGenerator<string> {
  for await (const { key } of orphans.list()) yield key;
}

function formatOrphan({ key, size, lastModified, status }: Orphan): string {
  return [key, `${size} bytes`, formatAge(lastModified), reasons[status]].join('\t');
}

function formatAge(time: Date): string {
  const minutes = Math.max(0, Math.floor((Date.now() - time.getTime()) / 60_000));
  if (minutes < 120) return `${minutes} min old`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h old` : `${Math.floor(hours / 24)} days old`;
}
