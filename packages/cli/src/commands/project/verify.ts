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
      'Computes all digests anew and compares them with prompts.lock: those of every installed file, what the registry ' +
        'says of each version, and the archive that it hands out, which is downloaded for that. Exit code 5 if one differs.',
    )
    .option('--dir <folder>', 'where it is installed', 'prompts')
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
      `${formatCount(problems.length, 'thing')} ${problems.length === 1 ? 'is' : 'are'} not as prompts.lock says`,
      '`promptyard install --force` brings installed files back. If the registry differs, do not use what it hands out.',
      problems,
    );
  const items = locked.map(([prompt, { version, sha256, digest, files }]) => {
    return { prompt, version, sha256, digest, files: Object.keys(files).length };
  });
  const files = items.reduce((sum, item) => sum + item.files, 0);
  const asked = offline ? 'the registry was not asked' : 'the registry hands out the same';
  cli.output.result({ items, offline: offline === true }, () => [
    `${formatCount(items.length, 'package')} with ${formatCount(files, 'file')}: all as prompts.lock says; ${asked}`,
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
