import { type ArchiveFile, exportFormat, headerFile, promptFolder } from '@promptyard/import/archive/archive-format.js';
import type { PromptSummary } from '../../api/response-schemas.js';
import type { ApiClient } from '../../api/api-client.js';
import { ExitCode, CliError } from '../../cli-error.js';
import type { Output } from '../../terminal/output.js';
import { ProgressBar } from '../../terminal/progress-bar.js';
import { formatBytes as showBytes, formatCount } from '../../terminal/format-quantities.js';
import { mapInOrder } from '../concurrency.js';
import { exportPrompt, type FileTask, listPrompts, prepareExport } from './export-prompt.js';
import { json, writeArchive } from './write-archive.js';

/** Writes all prompts of an owner into one archive. */
export async function runExport(api: ApiClient, owner: string, file: string, output: Output): Promise<void> {
  const prompts = await listPrompts(api, owner);
  if (prompts.length === 0)
    throw new CliError(`${owner} has no prompts that you may read`, {
      code: 'NOTHING_TO_EXPORT',
      exitCode: ExitCode.notFound,
      hint: 'Name another owner with --owner, or sign in: `promptyard whoami` says who you are.',
    });
  const counts = { revisions: 0, packages: 0 };
  let size: number;
  {
    using bar = new ProgressBar(output, 'exporting', prompts.length, String);
    const tasks = fileTasks(api, owner, prompts, () => bar.advance(1));
    size = await writeArchive(file, countFiles(mapInOrder(tasks), counts));
  }
  output.result({ file, owner, prompts: prompts.length, ...counts, size }, () => [
    `${file} holds ${formatCount(prompts.length, 'prompt')} of ${owner} with ${formatCount(counts.revisions, 'revision')} and ` +
      `${formatCount(counts.packages, 'package')} (${showBytes(size)}).`,
  ]);
}

async function* fileTasks(
  api: ApiClient,
  owner: string,
  prompts: readonly PromptSummary[],
  onPrompt: () => void,
): AsyncGenerator<FileTask> {
  const header = {
    format: exportFormat,
    version: 1,
    owner,
    exported_at: new Date().toISOString(),
    prompts: prompts.length,
  };
  yield () => Promise.resolve({ path: headerFile, bytes: json(header) });
  for await (const prepared of mapInOrder(prepareAll(api, owner, prompts))) {
    yield* exportPrompt(api, prepared);
    onPrompt();
  }
}

/** Started before the files, several concurrently. */
function* prepareAll(api: ApiClient, owner: string, prompts: readonly PromptSummary[]) {
  for (const [index, { name }] of prompts.entries())
    yield () => prepareExport(api, owner, name, promptFolder(index + 1));
}

async function* countFiles(
  files: AsyncIterable<ArchiveFile>,
  counts: { revisions: number; packages: number },
): AsyncGenerator<ArchiveFile> {
  for await (const file of files) {
    if (file.path.includes('/revisions/')) counts.revisions += 1;
    if (file.path.endsWith('.tar.gz')) counts.packages += 1;
    yield file;
  }
}
