import {
  type ArchiveFile,
  type EntryKind,
  ExportedPrompt,
  ExportedRevision,
  readPath,
} from '@promptyard/import/archive/archive-format.js';
import { parseFile, readArchive } from '@promptyard/import/archive/read-archive.js';
import type { NamedInput } from '@promptyard/import/named-input.js';
import { patiently } from '../patience.js';
import { endsAll, reasonOf } from '../import-report.js';
import { ArchivedPrompt, type ArchiveTarget } from './archived-prompt.js';
import { Lanes } from './lanes.js';

/** Brings an archive's prompts, each in its order and several at once, while the archive is read once. */
export async function replayArchive(file: NamedInput, target: ArchiveTarget, onPrompt: () => void): Promise<void> {
  const lanes = new Lanes();
  let open: PromptLane | undefined;
  const finish = async (lane: PromptLane) =>
    lanes.add(lane.folder, 0, async () => {
      await lane.finish();
      onPrompt();
    });
  for await (const entry of readArchive(file)) {
    const kind = readPath(entry.path);
    if (!kind) continue;
    if (open?.folder !== kind.prompt) {
      if (open) await finish(open);
      open = new PromptLane(target, kind.prompt);
    }
    const lane = open;
    await lanes.add(lane.folder, entry.bytes.length, () => lane.take(kind, entry));
  }
  if (open) await finish(open);
  await lanes.end();
}

/** The files of one prompt. After the first that is refused the others are left out: they build on it. */
class PromptLane {
  private name: string;
  private archived: ArchivedPrompt | undefined;
  private isRefused = false;

  constructor(
    private readonly target: ArchiveTarget,
    readonly folder: string,
  ) {
    this.name = folder;
  }

  async take(kind: EntryKind, file: ArchiveFile): Promise<void> {
    await this.unlessRefused(async () => {
      if (kind.kind === 'prompt') {
        const prompt = parseFile(ExportedPrompt, file);
        this.name = prompt.name;
        this.archived = await patiently(() => ArchivedPrompt.begin(this.target, prompt));
      } else if (kind.kind === 'package') await patiently(async () => this.archived?.package(kind.version, file.bytes));
      else {
        const revision = parseFile(ExportedRevision, file);
        await patiently(async () => this.archived?.revision(revision));
      }
    });
  }

  async finish(): Promise<void> {
    await this.unlessRefused(async () => {
      const outcome = await patiently(async () => this.archived?.finish());
      if (outcome) this.target.report.add(outcome);
    });
  }

  private async unlessRefused(work: () => Promise<void>): Promise<void> {
    if (this.isRefused) return;
    try {
      await work();
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined || endsAll(error)) throw error;
      this.isRefused = true;
      this.target.report.refuse(this.name, reason);
    }
  }
}
