import { type ArchiveFile, FORMAT, HEADER, promptFolder } from '@promptyard/import/archive/archive-format.js';
import type { PromptSummary } from '../../api/answers.js';
import type { Api } from '../../api/api.js';
import { ExitCode, ToolFailure } from '../../failure.js';
import type { Output } from '../../terminal/output.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { bytes as showBytes, count } from '../../terminal/quantities.js';
import { inOrder } from '../in-parallel.js';
import { exportPrompt, type FileTask, listPrompts, prepareExport } from './export-prompt.js';
import { json, writeArchive } from './write-archive.js';

/** Writes everything of an owner into one archive. */
export async function runExport(api: Api, owner: string, file: string, output: Output): Promise<void> {
  const prompts = await listPrompts(api, owner);
  if (prompts.length === 0)
    throw new ToolFailure(`${owner} has no prompts that you may see`, {
      code: 'NOTHING_TO_EXPORT',
      exitCode: ExitCode.notFound,
      hint: 'Name another owner with --owner, or sign in: `promptyard whoami` says who you are.',
    });
  const counted = { revisions: 0, packages: 0 };
  let size: number;
  {
    using bar = new ProgressBar(output, 'exporting', prompts.length, String);
    const tasks = fileTasks(api, owner, prompts, () => bar.advance(1));
    size = await writeArchive(file, counting(inOrder(tasks), counted));
  }
  output.result({ file, owner, prompts: prompts.length, ...counted, size }, () => [
    `${file} holds ${count(prompts.length, 'prompt')} of ${owner} with ${count(counted.revisions, 'revision')} and ` +
      `${count(counted.packages, 'package')} (${showBytes(size)}).`,
  ]);
}

async function* fileTasks(
  api: Api,
  owner: string,
  prompts: readonly PromptSummary[],
  onPrompt: () => void,
): AsyncGenerator<FileTask> {
  const header = { format: FORMAT, version: 1, owner, exported_at: new Date().toISOString(), prompts: prompts.length };
  yield () => Promise.resolve({ path: HEADER, bytes: json(header) });
  for await (const prepared of inOrder(preparations(api, owner, prompts))) {
    yield* exportPrompt(api, prepared);
    onPrompt();
  }
}

/** Begun ahead of the files, several at once. */
function* preparations(api: Api, owner: string, prompts: readonly PromptSummary[]) {
  for (const [index, { name }] of prompts.entries())
    yield () => prepareExport(api, owner, name, promptFolder(index + 1));
}

async function* counting(
  files: AsyncIterable<ArchiveFile>,
  counted: { revisions: number; packages: number },
): AsyncGenerator<ArchiveFile> {
  for await (const file of files) {
    if (file.path.includes('/revisions/')) counted.revisions += 1;
    if (file.path.endsWith('.tar.gz')) counted.packages += 1;
    yield file;
  }
}
