import type { MikroORM } from '@mikro-orm/postgresql';
import { BackgroundTransactions } from '../../../src/database/connections/background-transactions.js';
import { connectionsOf } from '../../../src/database/connections/postgres-connection.js';
import { explain, type PlanNode, planIn } from './query-plan.js';

export type PlanMode = 'force_custom_plan' | 'force_generic_plan';

const isPlanned = /^\s*(with|select|insert|update|delete)\b/;

/** Runs each hand-written statement of an ORM's entity managers and of background transactions, and explains it too. */
export class ExplainedStatements extends BackgroundTransactions {
  /** All nodes of each statement's plan. */
  readonly plans: PlanNode[][] = [];
  planMode: PlanMode = 'force_custom_plan';

  private constructor(orm: MikroORM) {
    super(connectionsOf(orm));
    const connection = orm.driver.getConnection();
    const execute = connection.execute.bind(connection);
    const explained: typeof connection.execute = async (statement, values, ...rest) => {
      if (typeof statement === 'string' && isPlanned.test(statement)) {
        await this.explain(orm, statement, Array.isArray(values) ? values : []);
      }
      return execute(statement, values, ...rest);
    };
    Object.assign(connection, { execute: explained });
  }

  static async of(orm: MikroORM): Promise<ExplainedStatements> {
    // Else the ORM asks before its first statement whether it is connected.
    await orm.connect();
    return new ExplainedStatements(orm);
  }

  override run(work: Parameters<BackgroundTransactions['run']>[0]): Promise<void> {
    return super.run(async (query) => {
      await query(`set local plan_cache_mode = ${this.planMode}`);
      await work(async (statement, values) => {
        if (isPlanned.test(statement)) {
          await query('savepoint before');
          this.plans.push(planIn(await query(explain({ text: statement }), values)));
          await query('rollback to before');
        }
        return query(statement, values);
      });
    });
  }

  private async explain(orm: MikroORM, statement: string, values: readonly unknown[]): Promise<void> {
    const client = await (await orm.driver.getConnection().getNativeClient()).connect();
    try {
      await client.query(`begin; set local plan_cache_mode = ${this.planMode}`);
      const { rows } = await client.query({ text: explain({ text: statement }), values: [...values] });
      this.plans.push(planIn(rows));
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
}
