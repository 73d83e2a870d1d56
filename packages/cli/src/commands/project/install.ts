import type { Command } from 'commander';
import { withExamples } from '../../with-examples.js';
import { CliError, usageError } from '../../cli-error.js';
import { SafePath } from '../../files/safe-path.js';
import type { Lock } from '../../lock/lock-file.js';
import { parseDependency } from '../../lock/prompt-id.js';
import { type LockPlan, planLock } from '../../lock/plan-lock.js';
import type { Dependencies } from '../../lock/project-file.js';
import { type PackageState, installPackages } from '../../project/install-packages.js';
import { lockPackages } from '../../project/lock-packages.js';
import { resolveDependencies } from '../../project/resolve-dependencies.js';
import { assertSafePaths } from '../../project/staged-install.js';
import { noProjectError, type Project, readProject, writeLock, writeProjectFile } from '../../project/project.js';
import { openSession } from '../../project/project-session.js';
import type { Output } from '../../terminal/output.js';
import { safeLine } from '../../terminal/safe-text.js';
import { formatTable } from '../../terminal/format-table.js';
import type { CliContext } from '../../cli-context.js';

interface InstallOptions {
  dir: string;
  frozen?: true;
  update?: true;
  force?: true;
  offline?: true;
}

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Installs packages below ./prompts, and writes them to promptyard.json and prompts.lock. Without arguments it ' +
        'installs what promptyard.json names, as prompts.lock says. Every byte is checked before a file is touched, and ' +
        'all of it is installed or nothing. Archives are kept below ~/.cache/promptyard, 256 MiB of them at most.',
    )
    .argument('[prompts...]', 'owner/name, or owner/name@ with a version, a range or a label; the newest if left out')
    .option('--dir <folder>', 'where to install to', 'prompts')
    .option('--frozen', 'fail rather than change prompts.lock, for CI')
    .option('--update', 'take the newest versions that promptyard.json allows, whatever is locked')
    .option('--force', 'overwrite what was changed in the installed folders')
    .option('--offline', 'take archives from the cache, and ask nobody')
    .action((prompts: string[], options: InstallOptions) => install(cli, prompts, options));
  withExamples(command, 'install acme/support', 'install acme/support@^1.2 acme/haiku@production', 'install --frozen');
}

async function install(cli: CliContext, prompts: readonly string[], options: InstallOptions): Promise<void> {
  if (options.frozen && (prompts.length > 0 || options.update))
    throw usageError('--frozen installs what is locked, and nothing else', 'Leave out the prompts and --update.');
  const session = openSession(cli, options);
  const project = await readProject();
  const directory = SafePath.fromArgument(options.dir);
  const asked = prompts.map((prompt) => parseDependency(prompt).id);
  await assertSafePaths(directory, [
    ...asked,
    ...Object.keys(project.file?.dependencies ?? {}),
    ...Object.keys(project.lock),
  ]);
  const named = await resolveDependencies(session, project, prompts);
  const dependencies = dependenciesToInstall(project, named);
  const isNamed = Object.keys(named).length > 0;
  const lockPlan = planLock(dependencies, project.lock, () => isNamed || options.update === true);
  if (options.frozen) assertNoChange(lockPlan);
  const packages: Lock = {
    ...Object.fromEntries(lockPlan.keep),
    ...(await lockPackages(session, lockPlan.resolve, project.lock)),
  };
  const dropped = isNamed ? [] : lockPlan.drop;
  const record = async () => {
    if (options.frozen) return;
    await writeLock(isNamed ? { ...project.lock, ...packages } : packages);
    const file = project.file ?? { dependencies: {} };
    if (isNamed) await writeProjectFile({ ...file, dependencies: { ...file.dependencies, ...named } });
  };
  const plan = { directory, packages, before: project.lock, force: options.force === true, record };
  const installed = await installPackages(session, plan);
  await session.cache.prune();
  report(cli.output, installed, { dropped, before: project.lock });
}

/** The named dependencies, or else all. @throws CliError where there are none */
function dependenciesToInstall({ file, lock }: Project, named: Dependencies): Dependencies {
  if (Object.keys(named).length > 0) return named;
  const all = file?.dependencies ?? {};
  if (Object.keys(all).length === 0 && Object.keys(lock).length === 0) throw noProjectError();
  return all;
}

function assertNoChange({ resolve, drop }: LockPlan): void {
  const details = [
    ...Array.from(resolve, ([id, wanted]) => `${id} is wanted as ${wanted}, but not locked as that`),
    ...drop.map((id) => `${id} is locked, but no dependency`),
  ];
  if (details.length === 0) return;
  throw new CliError('prompts.lock does not fit promptyard.json', {
    code: 'LOCK_OUTDATED',
    details,
    hint: 'Run `promptyard lock` without --frozen, and commit prompts.lock.',
  });
}

interface ReportContext {
  readonly dropped: readonly string[];
  readonly before: Lock;
}

function report(output: Output, installed: readonly PackageState[], { dropped, before }: ReportContext): void {
  const items = installed.map(({ id, folder, locked, state }) => {
    const { version, sha256, digest } = locked;
    const from = before[id]?.version;
    return { prompt: id, version, state, folder, sha256, digest, ...(state === 'updated' && { from }) };
  });
  for (const id of dropped) output.note(`${id} is no dependency any more; what is installed of it stays`);
  output.result({ items, dropped }, () =>
    formatTable(
      items.map(({ prompt, version, state, folder, from }) => [
        output.style('bold', prompt),
        from === undefined || from === version ? version : `${from} → ${version}`,
        state === 'unchanged' ? output.style('dim', 'up to date') : state,
        safeLine(folder),
      ]),
    ),
  );
}
