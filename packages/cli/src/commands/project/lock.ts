import type { Command } from 'commander';
import { withExample } from '../../example.js';
import type { Lock, LockedPackage } from '../../lock/lock-file.js';
import { planLock } from '../../lock/plan-lock.js';
import { lockPackages } from '../../project/lock-packages.js';
import { noProject, readProject, writeLock } from '../../project/project.js';
import { openSession } from '../../project/session.js';
import type { Output } from '../../terminal/output.js';
import { table } from '../../terminal/table.js';
import type { Tool } from '../../tool.js';

export function register(command: Command, tool: Tool): void {
  command
    .description(
      'Writes prompts.lock for what promptyard.json names: which version, with the digests of its archive, of each of ' +
        'its files and of its revision. What is locked and still fits stays. The archives are downloaded, but to the cache.',
    )
    .option('--update', 'take the newest versions that promptyard.json allows, whatever is locked')
    .action((options: { update?: true }) => lock(tool, options.update === true));
  withExample(command, 'lock', 'lock --update');
}

async function lock(tool: Tool, update: boolean): Promise<void> {
  const { file, lock: before } = await readProject();
  if (!file) throw noProject();
  const session = openSession(tool);
  const plan = planLock(file.dependencies, before, () => update);
  const packages = { ...Object.fromEntries(plan.keep), ...(await lockPackages(session, plan.resolve, before)) };
  await writeLock(packages);
  await session.cache.prune();
  report(tool.output, packages, before);
  for (const id of plan.drop) tool.output.note(`${id} is no dependency any more, and not locked any more`);
}

function report(output: Output, packages: Lock, before: Lock): void {
  const items = Object.entries(packages).map(([prompt, { files: _files, ...locked }]) => ({ prompt, ...locked }));
  output.result({ items }, () =>
    table(
      items.map(({ prompt, wanted, ...locked }) => [
        output.style('bold', prompt),
        wanted,
        move(before[prompt], locked),
        locked.sha256.slice(0, 12),
      ]),
    ),
  );
}

function move(before: LockedPackage | undefined, { version }: Pick<LockedPackage, 'version'>): string {
  return before && before.version !== version ? `${before.version} → ${version}` : version;
}
