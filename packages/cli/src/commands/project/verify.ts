import type { Command } from 'commander';
import { withExamples } from '../../with-examples.js';
import { verificationError } from '../../cli-error.js';
import { SafePath } from '../../files/safe-path.js';
import { mapConcurrently } from '../../map-concurrently.js';
import { assertSafePaths } from '../../project/staged-install.js';
import { readLockedProject } from '../../project/project.js';
import { openSession, type ProjectSession } from '../../project/project-session.js';
import { verifyPackage } from '../../project/verify-package.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { formatCount } from '../../terminal/format-quantities.js';
import type { CliContext } from '../../cli-context.js';

interface VerifyOptions {
  dir: string;
  offline?: true;
}

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Computes all digests again and compares them with prompts.lock: of every installed file, of the data in the registry ' +
        'of each version, and of its archive, which is downloaded. Exit code 5 if one differs.',
    )
    .option('--dir <folder>', 'the folder of the installed packages', 'prompts')
    .option('--offline', 'only the installed files')
    .action((options: VerifyOptions) => verify(cli, options));
  withExamples(command, 'verify', 'verify --offline');
}

async function verify(cli: CliContext, { dir, offline }: VerifyOptions): Promise<void> {
  const { lock } = await readLockedProject();
  const locked = Object.entries(lock);
  const directory = SafePath.fromArgument(dir);
  await assertSafePaths(directory, Object.keys(lock));
  const problems = await checkAll(openSession(cli, { offline }), directory, locked);
  if (problems.length > 0)
    throw verificationError(
      `${formatCount(problems.length, 'thing')} ${problems.length === 1 ? 'is' : 'are'} different from prompts.lock`,
      '`promptyard install --force` restores installed files. If the registry differs, do not use its packages.',
      problems,
    );
  const items = locked.map(([prompt, { version, sha256, digest, files }]) => {
    return { prompt, version, sha256, digest, files: Object.keys(files).length };
  });
  const files = items.reduce((sum, item) => sum + item.files, 0);
  const asked = offline ? 'the registry was not checked' : 'the registry has the same';
  cli.output.result({ items, offline: offline === true }, () => [
    `${formatCount(items.length, 'package')} with ${formatCount(files, 'file')}: all match prompts.lock; ${asked}`,
  ]);
}

async function checkAll(
  session: ProjectSession,
  directory: SafePath,
  locked: Parameters<typeof verifyPackage>[2][],
): Promise<string[]> {
  const total = session.api ? locked.reduce((sum, [, { size }]) => sum + size, 0) : 0;
  using bar = new ProgressBar(session.output, 'verifying', total);
  const onBytes = (amount: number) => bar.advance(amount);
  return (await mapConcurrently(locked, (each) => verifyPackage(session.api, directory, each, onBytes))).flat();
}
