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
      'Installs packages into ./prompts, and records them in promptyard.json and prompts.lock. Without arguments it ' +
        'installs the dependencies in promptyard.json as locked in prompts.lock. Everything is verified before a file is written, and ' +
        'either all or none is installed. Archives are cached in ~/.cache/promptyard, 256 MiB at most.',
    )
    .argument('[prompts...]', 'owner/name, or owner/name@ with a version, a range or a label; the newest by default')
    .option('--dir <folder>', 'the folder to install into', 'prompts')
    .option('--frozen', 'fail instead of changing prompts.lock, for CI')
    .option('--update', 'update to the newest versions that promptyard.json allows')
    .option('--force', 'overwrite local changes in the installed folders')
    .option('--offline', 'use only the cache, without requests')
    .action((prompts: string[], options: InstallOptions) => install(cli, prompts, options));
  withExamples(command, 'install acme/support', 'install acme/support@^1.2 acme/haiku@production', 'install --frozen');
}

async function install(cli: CliContext, prompts: readonly string[], options: InstallOptions): Promise<void> {
  if (options.frozen && (prompts.length > 0 || options.update))
    throw usageError('--frozen installs only what is locked', 'Leave out the prompts and --update.');
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
    ...Array.from(resolve, ([id, wanted]) => `${id} is wanted as ${wanted}, but not locked so`),
    ...drop.map((id) => `${id} is locked, but not a dependency`),
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
  for (const id of dropped) output.note(`${id} is not a dependency any more; its installed files stay`);
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
