import { EntityRepository } from '@mikro-orm/postgresql';
import { AuditEntry } from './audit-entry.entity.js';
import { type AuditFilters, type AuditScope, type ScopeRecord, scopeValues, toScope } from './audit-scope.js';
import { auditPage, auditScope } from './audit.queries.js';

/** An entry as it is read, with the names of its actor and its prompt. */
export interface AuditRecord extends Pick<AuditEntry, 'protocol' | 'action' | 'subjectType' | 'subject' | 'details'> {
  readonly id: string;
  readonly at: string;
  readonly actor: string | null;
  readonly keyId: string | null;
  readonly prompt: string | null;
  readonly promptId: string | null;
}

/** The ledger's entries as they are read. */
export class AuditEntryRepository extends EntityRepository<AuditEntry> {
  /** Looks up what the filters name, once for all pages; undefined if nothing has such a name. */
  async scopeOf(filters: AuditFilters): Promise<AuditScope | undefined> {
    const [record] = await this.em.execute<ScopeRecord[]>(auditScope, scopeValues(filters));
    return record && toScope(filters, record);
  }

  /** The newest entries in the scope that are older than the one with the id `before`. */
  page(scope: AuditScope, limit: number, before?: number): Promise<AuditRecord[]> {
    const { text, values } = auditPage(scope, limit, before);
    return this.em.execute<AuditRecord[]>(text, values);
  }
}

AuditEntry.setCustomRepository(() => AuditEntryRepository);
