import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { AuditRecorder } from '../../../auth/audit/audit-recorder.js';
import { jsonArray } from '../../../common/http/json-array.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { HiddenRevision } from '../../../history/entries/hidden-revision.entity.js';
import { HiddenRevisionRepository, type HistoryEntry } from '../../../history/entries/hidden-revision.repository.js';
import { NotFound, ProductionEntry } from '../open-webui.errors.js';
import { CommandAccessService } from '../command-access.service.js';
import type { ComparedEntries, HistoryEntryPath, HistoryPage, HistoryPath } from './history.dto.js';
import { type HistoryDiff, diffEntries } from './history-diff.js';
import { type HistoryEntryModel, toHistoryEntry, toHistoryItem } from './history-entry.js';

/** The history of a prompt, which the front end lists, compares and prunes. */
@Injectable()
export class CommandHistoryService {
  constructor(
    private readonly em: EntityManager,
    private readonly access: CommandAccessService,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    @InjectRepository(HiddenRevision) private readonly entries: HiddenRevisionRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** Newest first. Streamed entry by entry, because each can have a mebibyte. @throws NotFound, AccessProhibited */
  async list({ id }: HistoryPath, { page }: HistoryPage, caller: Principal): Promise<StreamableFile> {
    const prompt = await this.access.byId(id, caller, 'read');
    return jsonArray(
      await this.entries.entries(prompt.id, page),
      () => Promise.resolve([]),
      (entry) => JSON.stringify(toHistoryItem(entry)),
    );
  }

  /** @throws NotFound, AccessProhibited */
  async get({ id, hid }: HistoryEntryPath, caller: Principal): Promise<HistoryEntryModel> {
    const prompt = await this.access.byId(id, caller, 'read');
    return toHistoryEntry(await this.find(prompt.id, hid));
  }

  /** @throws NotFound, AccessProhibited */
  async diff({ id }: HistoryPath, { from_id, to_id }: ComparedEntries, caller: Principal): Promise<HistoryDiff> {
    const prompt = await this.access.byId(id, caller, 'read');
    return diffEntries(await this.find(prompt.id, from_id), await this.find(prompt.id, to_id));
  }

  /** Its children take its parent. @throws NotFound, AccessProhibited, ProductionEntry */
  async delete({ id, hid }: HistoryEntryPath, caller: Principal): Promise<true> {
    const { id: promptId } = await this.access.byId(id, caller, 'write');
    return this.em.transactional(async (): Promise<true> => {
      await this.prompts.lockActive(promptId);
      const entry = await this.find(promptId, hid);
      if (entry.isLive) throw ProductionEntry();
      this.entries.hide(entry, caller.userId);
      await this.audit.record(caller, { action: 'revision.hide', subject: String(entry.number), promptId });
      return true;
    });
  }

  private async find(promptId: string, id: string): Promise<HistoryEntry> {
    const entry = await this.entries.entry(promptId, id);
    if (!entry) throw NotFound();
    return entry;
  }
}
