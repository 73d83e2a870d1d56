import { Injectable, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { csvLines } from '../../common/csv.js';
import { Answer } from '../../common/http/answer.js';
import { readCursor, writeCursor } from './audit-cursor.js';
import type { AuditFilters } from './audit-statement.js';
import type { AuditEntry, AuditList, ExportAudit, ListAudit } from './audit.dto.js';
import { AuditRepository } from './audit.repository.js';

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

/** The ledger as it is read: newest first, of one prompt where its id is given. */
@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /** One page. `path` is where the list is, for the link to the next page. */
  async list(path: string, { cursor, limit, ...filters }: ListAudit, promptId?: string): Promise<Answer<AuditList>> {
    const before = cursor === undefined ? undefined : readCursor(cursor);
    const found = await this.entries.page({ ...filters, promptId, before }, limit + 1);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || !last) return new Answer({ items });
    const query = new URLSearchParams({ ...filters, limit: String(limit), cursor: writeCursor(last.id) });
    return new Answer({ items }, { headers: { link: `<${path}?${query.toString()}>; rel="next"` } });
  }

  /** All of it as a table, read while it is sent: no connection to the database is held meanwhile. */
  async table(filters: ExportAudit, promptId?: string): Promise<StreamableFile> {
    const wanted = { ...filters, promptId };
    // Before the answer begins: an error is one still.
    const newest = await this.entries.page(wanted, entriesPerChunk);
    const text = Readable.from(this.chunks(wanted, newest), { objectMode: false });
    return new StreamableFile(text, {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="audit.csv"',
    });
  }

  private async *chunks(filters: AuditFilters, newest: AuditEntry[]): AsyncGenerator<string> {
    yield csvLines([columns]);
    for (let entries = newest; ; ) {
      yield csvLines(entries.map(toCells));
      const oldest = entries.at(-1);
      if (entries.length < entriesPerChunk || !oldest) return;
      entries = await this.entries.page({ ...filters, before: oldest.id }, entriesPerChunk);
    }
  }
}

function toCells(entry: AuditEntry): (string | number)[] {
  return columns.map((column) => (column === 'details' ? JSON.stringify(entry.details) : (entry[column] ?? '')));
}
