import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
import { type AuditFilters, auditScope, type AuditScope, type ScopeRow, scopeValues, toScope } from './audit-scope.js';
import { auditPage } from './audit-statement.js';
import type { AuditEntry } from './audit.dto.js';

type EntryRow = Omit<AuditEntry, 'id'> & { id: string };

/** The ledger's entries as they are read. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** Looks up what the filters name, once for all pages; undefined if nothing is called so. */
  async scopeOf(filters: AuditFilters): Promise<AuditScope | undefined> {
    const [row] = await this.database.query<ScopeRow>(auditScope, scopeValues(filters));
    return row && toScope(filters, row);
  }

  /** The newest entries in the scope that are older than the one with the id `before`. */
  async page(scope: AuditScope, limit: number, before?: number): Promise<AuditEntry[]> {
    const { statement, values } = auditPage(scope, limit, before);
    const rows = await this.database.query<EntryRow>(statement, values);
    return rows.map((row) => ({ ...row, id: Number(row.id), at: toRfc3339(row.at) }));
  }
}
