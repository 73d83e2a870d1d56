import { EntityManager, type PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DatabaseUnavailable } from '../../common/errors/catalogue.js';
import { isError } from '../../common/errors/define-error.js';
import { toDomainError } from '../database-errors.js';
import type { ReadConnection } from './read-connection.js';
import type { Replica } from './replica.js';
import { ReplicaMonitor } from './replica-monitor.service.js';

/** A replica cancels statements that take long, or that its replay needs out of the way; it works all the same. */
const cancelled = /^(57014|40001|40P01)$/;

/**
 * The only way to the replicas: everything else that reads, reads the primary. Callers decide which of their reads may
 * see a past state, and of whom; see `PublicReads`.
 */
@Injectable()
export class ReplicaReads {
  private turn = 0;

  constructor(
    private readonly em: EntityManager,
    private readonly monitor: ReplicaMonitor,
  ) {}

  /** Whether a replica could be read at present. */
  get areAvailable(): boolean {
    return this.monitor.replicas.some(({ problem }) => problem === undefined);
  }

  /** For statements that must see everything that is committed. */
  primary(): ReadConnection {
    const { em } = this;
    return {
      execute: <Row extends object>(text: string, values: readonly unknown[] = []) =>
        em.execute<Row[]>(text, [...values]),
    };
  }

  /**
   * For the statements of one read, which may be behind the primary by the permitted lag. What a replica does not answer
   * is repeated on the primary. In a transaction, and without a replica that may be read, it is the primary.
   */
  replica(): ReadConnection {
    const usable = this.em.isInTransaction()
      ? []
      : this.monitor.replicas.filter(({ problem }) => problem === undefined);
    const replica = usable[(this.turn += 1) % usable.length];
    return replica ? new ReplicaConnection(replica, this.em.getDriver(), this.primary()) : this.primary();
  }
}

class ReplicaConnection implements ReadConnection {
  constructor(
    private readonly replica: Replica,
    private readonly driver: PostgreSqlDriver,
    private readonly primary: ReadConnection,
  ) {}

  async execute<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { replica } = this;
    if (replica.problem === undefined) {
      const rows = await this.ask<Row>(text, values);
      if (rows) return rows;
      replica.counts.repeated += 1;
    }
    return this.primary.execute<Row>(text, values);
  }

  /** Undefined if the replica did not answer, or may not be read any more. */
  private async ask<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[] | undefined> {
    const { replica, driver } = this;
    try {
      const rows = await driver.execute<Row[]>(text, [...values], 'all', undefined, undefined, replica.connection);
      // What is no standby any more says so with its answer.
      if (replica.problem !== undefined) return undefined;
      replica.counts.answered += 1;
      return rows;
    } catch (error) {
      const problem = toDomainError(error);
      const isUnavailable = isError(problem, DatabaseUnavailable) && !cancelled.test(stateOf(problem));
      if (isUnavailable && replica.problem === undefined) replica.leaveOut('does not answer', String(causeOf(problem)));
      return undefined;
    }
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error;
}

function stateOf(error: unknown): string {
  const cause = causeOf(error);
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}
