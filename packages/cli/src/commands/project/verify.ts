import type { Command } from 'commander';
import { withExample } from '../../example.js';
import { verificationFailed } from '../../failure.js';
import { NamedPath } from '../../files/named-path.js';
import { concurrently } from '../../project/concurrently.js';
import { expectSafePlaces } from '../../project/placement.js';
import { readLockedProject } from '../../project/project.js';
import { openSession, type Session } from '../../project/session.js';
import { problemsOf } from '../../project/verify-package.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { count } from '../../terminal/quantities.js';
import type { Tool } from '../../tool.js';

interface VerifyOptions {
  dir: string;
  offline?: true;
}

export function register(command: Command, tool: Tool): void {
  command
    .description(
      'Computes all digests anew and compares them with prompts.lock: those of every installed file, what the registry ' +
        'says of each version, and the archive that it hands out, which is downloaded for that. Exit code 5 if one differs.',
    )
    .option('--dir <folder>', 'where it is installed', 'prompts')
    .option('--offline', 'only the installed files')
    .action((options: VerifyOptions) => verify(tool, options));
  withExample(command, 'verify', 'verify --offline');
}

async function verify(tool: Tool, { dir, offline }: VerifyOptions): Promise<void> {
  const { lock } = await readLockedProject();
  const locked = Object.entries(lock);
  const directory = NamedPath.named(dir);
  await expectSafePlaces(directory, Object.keys(lock));
  const problems = await checkAll(openSession(tool, { offline }), directory, locked);
  if (problems.length > 0)
    throw verificationFailed(
      `${count(problems.length, 'thing')} ${problems.length === 1 ? 'is' : 'are'} not as prompts.lock says`,
      '`promptyard install --force` brings installed files back. If the registry differs, do not use what it hands out.',
      problems,
    );
  const items = locked.map(([prompt, { version, sha256, digest, files }]) => {
    return { prompt, version, sha256, digest, files: Object.keys(files).length };
  });
  const files = items.reduce((sum, item) => sum + item.files, 0);
  const asked = offline ? 'the registry was not asked' : 'the registry hands out the same';
  tool.output.result({ items, offline: offline === true }, () => [
    `${count(items.length, 'package')} with ${count(files, 'file')}: all as prompts.lock says; ${asked}`,
  ]);
}

async function checkAll(
  session: Session,
  directory: NamedPath,
  locked: Parameters<typeof problemsOf>[2][],
): Promise<string[]> {
  const total = session.api ? locked.reduce((sum, [, { size }]) => sum + size, 0) : 0;
  using bar = new ProgressBar(session.output, 'verifying', total);
  const onBytes = (amount: number) => bar.advance(amount);
  return (await concurrently(locked, (each) => problemsOf(session.api, directory, each, onBytes))).flat();
}
