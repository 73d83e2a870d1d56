import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { csvLines } from '../../common/csv.js';
import { Answer } from '../../common/http/answer.js';
import { readCursor, writeCursor } from './audit-cursor.js';
import type { AuditScope } from './audit-scope.js';
import { AuditEntry as AuditEntryEntity } from './audit-entry.entity.js';
import { AuditEntryRepository } from './audit-entry.repository.js';
import type { AuditEntry, AuditList, ExportAudit, ListAudit } from './audit.dto.js';
import { toAuditEntry } from './audit.mapper.js';

const entriesPerChunk = 500;
const columns = [
  'id',
  'at',
  'actor',
  'key_id',
  'protocol',
  'action',
  'subject_type',
  'subject',
  'prompt',
  'prompt_id',
  'details',
] as const satisfies readonly (keyof AuditEntry)[];

/** The ledger as it is read, newest first. */
@Injectable()
export class AuditService {
  constructor(@InjectRepository(AuditEntryEntity) private readonly entries: AuditEntryRepository) {}

  /**
   * One page. `path` is the path of the list, for the link to the next page; for the list of a prompt the link omits
   * `prompt`.
   */
  async list(path: string, query: ListAudit, prompt = query.prompt): Promise<Answer<AuditList>> {
    const { cursor, limit, ...filters } = query;
    const before = cursor === undefined ? undefined : readCursor(cursor);
    const scope = await this.entries.scopeOf({ ...filters, prompt });
    const found = scope ? await this.page(scope, limit + 1, before) : [];
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || !last) return new Answer({ items });
    const next = new URLSearchParams({ ...filters, limit: String(limit), cursor: writeCursor(last.id) });
    return new Answer({ items }, { headers: { link: `<${path}?${next.toString()}>; rel="next"` } });
  }

  /** All of it as a table, read while it is sent: no connection to the database is held meanwhile. */
  async export(filters: ExportAudit): Promise<StreamableFile> {
    // The first rows are read before the answer begins: an error is one still.
    const scope = await this.entries.scopeOf(filters);
    const newest = scope ? await this.page(scope, entriesPerChunk) : [];
    const text = Readable.from(this.chunks(scope, newest), { objectMode: false });
    return new StreamableFile(text, {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="audit.csv"',
    });
  }

  private async *chunks(scope: AuditScope | undefined, newest: AuditEntry[]): AsyncGenerator<string> {
    yield csvLines([columns]);
    for (let entries = newest; ;) {
      yield csvLines(entries.map(toCells));
      const oldest = entries.at(-1);
      if (!scope || !oldest || entries.length < entriesPerChunk) return;
      entries = await this.page(scope, entriesPerChunk, oldest.id);
    }
  }

  private async page(scope: AuditScope, limit: number, before?: number): Promise<AuditEntry[]> {
    return (await this.entries.page(scope, limit, before)).map(toAuditEntry);
  }
}

function toCells(entry: AuditEntry): (string | number)[] {
  return columns.map((column) => (column === 'details' ? JSON.stringify(entry.details) : (entry[column] ?? '')));
}
