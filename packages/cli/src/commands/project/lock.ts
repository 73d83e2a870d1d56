import type { Command } from 'commander';
import { withExamples } from '../../with-examples.js';
import type { Lock, LockedPackage } from '../../lock/lock-file.js';
import { planLock } from '../../lock/plan-lock.js';
import { lockPackages } from '../../project/lock-packages.js';
import { noProjectError, readProject, writeLock } from '../../project/project.js';
import { openSession } from '../../project/project-session.js';
import type { Output } from '../../terminal/output.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Writes prompts.lock for promptyard.json: the version of each dependency, with the digests of its archive, of its ' +
        'files and of its revision. Locked versions that still fit stay. Archives are downloaded to the cache.',
    )
    .option('--update', 'update to the newest versions that promptyard.json allows')
    .action((options: { update?: true }) => lock(cli, options.update === true));
  withExamples(command, 'lock', 'lock --update');
}

async function lock(cli: CliContext, update: boolean): Promise<void> {
  const { file, lock: before } = await readProject();
  if (!file) throw noProjectError();
  const session = openSession(cli);
  const plan = planLock(file.dependencies, before, () => update);
  const packages = { ...Object.fromEntries(plan.keep), ...(await lockPackages(session, plan.resolve, before)) };
  await writeLock(packages);
  await session.cache.prune();
  report(cli.output, packages, before);
  for (const id of plan.drop) cli.output.note(`${id} is not a dependency any more, and was removed from the lock`);
}

function report(output: Output, packages: Lock, before: Lock): void {
  const items = Object.entries(packages).map(([prompt, { files: _files, ...locked }]) => ({ prompt, ...locked }));
  output.result({ items }, () =>
    formatTable(
      items.map(({ prompt, wanted, ...locked }) => [
        output.style('bold', prompt),
        wanted,
        formatVersionChange(before[prompt], locked),
        locked.sha256.slice(0, 12),
      ]),
    ),
  );
}

function formatVersionChange(before: LockedPackage | undefined, { version }: Pick<LockedPackage, 'version'>): string {
  return before && before.version !== version ? `${before.version} → ${version}` : version;
}
