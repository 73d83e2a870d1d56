import {
  type ArchiveFile,
  type EntryKind,
  ExportedPrompt,
  ExportedRevision,
  readPath,
} from '@promptyard/import/archive/archive-format.js';
import { parseFile, readArchive } from '@promptyard/import/archive/read-archive.js';
import type { NamedInput } from '@promptyard/import/named-input.js';
import { withRetry } from '../with-retry.js';
import { isFatal, refusalReasonOf } from '../import-report.js';
import { ArchivedPromptImporter, type ArchiveTarget } from './archived-prompt-importer.js';
import { KeyedQueue } from './keyed-queue.js';

/** Imports an archive's prompts, each in its order and several concurrently, while the archive is read once. */
export async function replayArchive(file: NamedInput, target: ArchiveTarget, onPrompt: () => void): Promise<void> {
  const queue = new KeyedQueue();
  let current: PromptReplay | undefined;
  const finish = async (replay: PromptReplay) =>
    queue.add(replay.folder, 0, async () => {
      await replay.finish();
      onPrompt();
    });
  for await (const entry of readArchive(file)) {
    const kind = readPath(entry.path);
    if (!kind) continue;
    if (current?.folder !== kind.prompt) {
      if (current) await finish(current);
      current = new PromptReplay(target, kind.prompt);
    }
    const replay = current;
    await queue.add(replay.folder, entry.bytes.length, () => replay.replayFile(kind, entry));
  }
  if (current) await finish(current);
  await queue.drain();
}

/** Replays the files of one prompt. After a refused file the others are skipped, because they depend on it. */
class PromptReplay {
  private name: string;
  private archived: ArchivedPromptImporter | undefined;
  private isRefused = false;

  constructor(
    private readonly target: ArchiveTarget,
    readonly folder: string,
  ) {
    this.name = folder;
  }

  async replayFile(kind: EntryKind, file: ArchiveFile): Promise<void> {
    await this.skipIfRefused(async () => {
      if (kind.kind === 'prompt') {
        const prompt = parseFile(ExportedPrompt, file);
        this.name = prompt.name;
        this.archived = await withRetry(() => ArchivedPromptImporter.open(this.target, prompt));
      } else if (kind.kind === 'package')
        await withRetry(async () => this.archived?.importPackage(kind.version, file.bytes));
      else {
        const revision = parseFile(ExportedRevision, file);
        await withRetry(async () => this.archived?.importRevision(revision));
      }
    });
  }

  async finish(): Promise<void> {
    await this.skipIfRefused(async () => {
      const outcome = await withRetry(async () => this.archived?.finish());
      if (outcome) this.target.report.add(outcome);
    });
  }

  private async skipIfRefused(work: () => Promise<void>): Promise<void> {
    if (this.isRefused) return;
    try {
      await work();
    } catch (error) {
      const reason = refusalReasonOf(error);
      if (reason === undefined || isFatal(error)) throw error;
      this.isRefused = true;
      this.target.report.addRefusal(this.name, reason);
    }
  }
}
