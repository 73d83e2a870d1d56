import { Database, type Statement } from '../../../src/database/database.js';
import { explain, type PlanNode, planIn } from './query-plan.js';

export type PlanMode = 'force_custom_plan' | 'force_generic_plan';

const isPlanned = /^\s*(with|select|insert|update|delete)\b/;

/** Explains each statement besides running it. */
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

  override background(work: Parameters<Database['background']>[0]): Promise<void> {
    return super.background(async (query) => {
      await query({ text: `set local plan_cache_mode = ${this.planMode}` });
      await work(async (statement, values) => {
        if (isPlanned.test(statement.text)) {
          await query({ text: 'savepoint before' });
          this.plans.push(planIn(await query({ text: explain(statement) }, values)));
          await query({ text: 'rollback to before' });
        }
        return query(statement, values);
      });
    });
  }
}
