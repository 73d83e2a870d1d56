import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/access/principal.js';
import { recentAct } from '../../auth/audit/audit.queries.js';
import { DatabaseConfig } from '../../config/database.config.js';
import type { ReadConnection } from '../../database/replicas/read-connection.js';
import { ReplicaReads } from '../../database/replicas/replica-reads.js';

/** For so long at least an account reads the primary after it has written anything. */
const minSeconds = 5;
/**
 * Entries of the audit ledger are dated by the beginning of their transaction. It may last as long as its longest
 * statement, and its end is what counts.
 */
const maxTransactionSeconds = 15;

/**
 * Where reads run that show public prompts and nothing else. A past state of those may be shown, but not to an
 * account that has just changed something: the audit ledger of the primary holds every change from its commit on,
 * whichever process made it.
 */
@Injectable()
export class PublicReads {
  private readonly seconds: number;

  constructor(
    private readonly replicas: ReplicaReads,
    @Inject(DatabaseConfig.KEY) { maxReplicaLagMs }: DatabaseConfig,
  ) {
    // Afterwards a replica that may be read shows the change.
    this.seconds = Math.max(minSeconds, maxReplicaLagMs / 1_000) + maxTransactionSeconds;
  }

  /** For reads that show anything else, or decide something. */
  primary(): ReadConnection {
    return this.replicas.primary();
  }

  /** For the statements of one read. */
  async for(caller: Caller): Promise<ReadConnection> {
    const isPrimaryOnly = caller && (caller.via !== 'registry' || !this.replicas.areAvailable);
    if (isPrimaryOnly || (caller && (await this.hasWritten(caller.userId)))) return this.primary();
    return this.replicas.replica();
  }

  private async hasWritten(userId: string): Promise<boolean> {
    return (await this.primary().execute(recentAct, [userId, this.seconds])).length > 0;
  }
}
