import { Database, type Statement } from '../../../src/database/database.js';
import { explain, type PlanNode, planIn } from './query-plan.js';

export type PlanMode = 'force_custom_plan' | 'force_generic_plan';

/** Runs each statement, and explains it too. */
export class ExplainingDatabase extends Database {
  /** All nodes of each statement's plan. */
  readonly plans: PlanNode[][] = [];
  planMode: PlanMode = 'force_custom_plan';

  override async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await (await this.pool()).connect();
    try {
      await client.query(`begin; set local plan_cache_mode = ${this.planMode}`);
      const { rows } = await client.query({ text: explain(statement), values: [...values] });
      this.plans.push(planIn(rows));
    } finally {
      await client.query('rollback');
      client.release();
    }
    return super.query(statement, values);
  }
}
