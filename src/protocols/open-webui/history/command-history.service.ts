import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { AuditLedger } from '../../../auth/audit/audit-ledger.js';
import { jsonArray } from '../../../common/http/json-array.js';
import { Database } from '../../../database/database.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { HistoryEntries, type HistoryEntry } from '../../../history/revisions/history-entries.repository.js';
import { NotFound, ProductionEntry } from '../open-webui.errors.js';
import { OpenWebUiAccess } from '../prompt-access.js';
import type { ComparedEntries, HistoryEntryPath, HistoryPage, HistoryPath } from './history.dto.js';
import { type HistoryDiff, diffEntries } from './history-diff.js';
import { type HistoryEntryModel, toHistoryEntry, toHistoryItem } from './history-entry.js';

/** What a prompt has said, as the front end lists, compares and prunes it. */
@Injectable()
export class CommandHistoryService {
  constructor(
    private readonly database: Database,
    private readonly access: OpenWebUiAccess,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly entries: HistoryEntries,
    private readonly audit: AuditLedger,
  ) {}

  /** Newest first; sent entry by entry, because each can say a mebibyte. @throws NotFound, AccessProhibited */
  async list({ id }: HistoryPath, { page }: HistoryPage, me: Principal): Promise<StreamableFile> {
    const prompt = await this.access.byId(id, me, 'read');
    return jsonArray(await this.entries.page(prompt.id, page), () => Promise.resolve([]), toHistoryItem);
  }

  /** @throws NotFound, AccessProhibited */
  async get({ id, hid }: HistoryEntryPath, me: Principal): Promise<HistoryEntryModel> {
    const prompt = await this.access.byId(id, me, 'read');
    return toHistoryEntry(await this.find(prompt.id, hid));
  }

  /** @throws NotFound, AccessProhibited */
  async diff({ id }: HistoryPath, { from_id, to_id }: ComparedEntries, me: Principal): Promise<HistoryDiff> {
    const prompt = await this.access.byId(id, me, 'read');
    return diffEntries(await this.find(prompt.id, from_id), await this.find(prompt.id, to_id));
  }

  /** Its children take its parent. @throws NotFound, AccessProhibited, ProductionEntry */
  async delete({ id, hid }: HistoryEntryPath, me: Principal): Promise<true> {
    const { id: promptId } = await this.access.byId(id, me, 'write');
    return this.database.transaction(async (): Promise<true> => {
      await this.prompts.lockActive(promptId);
      const entry = await this.find(promptId, hid);
      if (entry.is_live) throw ProductionEntry();
      await this.entries.hide(entry, me.userId);
      await this.audit.record(me, { action: 'revision.hide', subject: String(entry.number), promptId });
      return true;
    });
  }

  private async find(promptId: string, id: string): Promise<HistoryEntry> {
    const entry = await this.entries.find(promptId, id);
    if (!entry) throw NotFound();
    return entry;
  }
}
