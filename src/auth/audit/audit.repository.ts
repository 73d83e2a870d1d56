import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
import { type AuditFilters, auditPage } from './audit-statement.js';
import type { AuditEntry } from './audit.dto.js';

type EntryRow = Omit<AuditEntry, 'id'> & { id: string };

/** The ledger's entries as they are read. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** The newest entries that the filters let through. */
  async page(filters: AuditFilters, limit: number): Promise<AuditEntry[]> {
    const { statement, values } = auditPage(filters, limit);
    const rows = await this.database.query<EntryRow>(statement, values);
    return rows.map((row) => ({ ...row, id: Number(row.id), at: toRfc3339(row.at) }));
  }
}
