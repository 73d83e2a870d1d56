import type { Command } from 'commander';
import { withExamples } from '../../with-examples.js';
import { ExitCode } from '../../cli-error.js';
import type { PackageCandidate } from '../../package/package-candidate.js';
import { checkPackage, type CheckResult } from '../../package/check-package.js';
import { SafePath } from '../../files/safe-path.js';
import { loadPackage } from '../../package/load-package.js';
import { formatProblem } from '../../package/problem.js';
import type { Output } from '../../terminal/output.js';
import { formatBytes, formatCount } from '../../terminal/format-quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { CliContext } from '../../cli-context.js';

export function register(command: Command, cli: CliContext): void {
  command
    .description(
      'Reports everything that the server would refuse, with file and line. Exit code 1 if there is a problem.',
    )
    .argument('[path]', 'a folder or a .tar.gz', '.')
    .action((path: string) => check(cli, path));
  withExamples(command, 'check', 'check my-prompt-1.0.0.tar.gz --json');
}

async function check({ output }: CliContext, path: string): Promise<void> {
  const candidate = await loadPackage(SafePath.fromArgument(path));
  const verdict = await checkPackage(candidate);
  if (!verdict.valid) output.exitCode = ExitCode.failed;
  output.result(report(verdict, candidate), () => [
    ...verdict.problems.map((problem) => `${output.style('red', 'error')} ${safeLine(formatProblem(problem))}`),
    ...verdict.warnings.map((problem) => `${output.style('yellow', 'warning')} ${safeLine(formatProblem(problem))}`),
    summary(path, verdict, output),
  ]);
}

function report({ valid, identity, problems, warnings }: CheckResult, { excluded }: PackageCandidate): object {
  const found = valid && { sha256: valid.sha256, size: valid.archive.length, files: valid.contents.files };
  return { valid: valid !== undefined, ...identity, problems, warnings, left_out: excluded, ...found };
}

function summary(path: string, { valid, problems }: CheckResult, output: Output): string {
  if (!valid) return output.style('red', `${safeLine(path)}: ${formatCount(problems.length, 'problem')}`);
  const { identity, contents, archive } = valid;
  const size = `${formatCount(contents.files.length, 'file')}, ${formatBytes(archive.length)}`;
  return output.style('green', `${identity.name} ${identity.version} is a valid package (${size})`);
}
