import type { Command } from 'commander';
import { withExample } from '../../example.js';
import { ExitCode } from '../../failure.js';
import type { Candidate } from '../../package/candidate.js';
import { checkPackage, type Verdict } from '../../package/check-package.js';
import { NamedPath } from '../../files/named-path.js';
import { loadPackage } from '../../package/load-package.js';
import { showProblem } from '../../package/problem.js';
import type { Output } from '../../terminal/output.js';
import { bytes, count } from '../../terminal/quantities.js';
import { safeLine } from '../../terminal/safe-text.js';
import type { Tool } from '../../tool.js';

export function register(command: Command, tool: Tool): void {
  command
    .description(
      'Says all that the server would refuse, with file and line, without a server. Exit code 1 if anything.',
    )
    .argument('[path]', 'a folder or a .tar.gz', '.')
    .action((path: string) => check(tool, path));
  withExample(command, 'check', 'check my-prompt-1.0.0.tar.gz --json');
}

async function check({ output }: Tool, path: string): Promise<void> {
  const candidate = await loadPackage(NamedPath.named(path));
  const verdict = await checkPackage(candidate);
  if (!verdict.valid) output.exitCode = ExitCode.failed;
  output.result(report(verdict, candidate), () => [
    ...verdict.problems.map((problem) => `${output.style('red', 'error')} ${safeLine(showProblem(problem))}`),
    ...verdict.warnings.map((problem) => `${output.style('yellow', 'warning')} ${safeLine(showProblem(problem))}`),
    summary(path, verdict, output),
  ]);
}

function report({ valid, identity, problems, warnings }: Verdict, { leftOut }: Candidate): object {
  const found = valid && { sha256: valid.sha256, size: valid.archive.length, files: valid.contents.files };
  return { valid: valid !== undefined, ...identity, problems, warnings, left_out: leftOut, ...found };
}

function summary(path: string, { valid, problems }: Verdict, output: Output): string {
  if (!valid) return output.style('red', `${safeLine(path)}: ${count(problems.length, 'problem')}`);
  const { identity, contents, archive } = valid;
  const size = `${count(contents.files.length, 'file')}, ${bytes(archive.length)}`;
  return output.style('green', `${identity.name} ${identity.version} is a valid package (${size})`);
}
