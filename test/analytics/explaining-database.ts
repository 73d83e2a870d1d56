import { Database, type Statement } from '../../src/database/database.js';
import { z } from 'zod';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number | undefined;
  'Rows Removed by Index Recheck'?: number | undefined;
  Plans?: PlanNode[] | undefined;
}
const PlanNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  get Plans() {
    return z.array(PlanNode).optional();
  },
});
const Explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: PlanNode })]) })]);

export type PlanMode = 'force_custom_plan' | 'force_generic_plan';

/** Which tables a statement read how many rows of, with those that it had no use for. */
export type RowsRead = Record<string, number>;

const isPlanned = /^\s*(with|select|insert|update|delete)\b/;
const readsTable = /Scan$/;
const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];

/** Explains each statement besides running it. */
export class ExplainingDatabase extends Database {
  readonly statements: RowsRead[] = [];
  planMode: PlanMode = 'force_custom_plan';

  override async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await (await this.pool()).connect();
    try {
      await client.query(`begin; set local plan_cache_mode = ${this.planMode}`);
      const { rows } = await client.query({ text: explain(statement), values: [...values] });
      this.note(rows);
      await client.query('rollback');
    } finally {
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
          this.note(await query({ text: explain(statement) }, values));
          await query({ text: 'rollback to before' });
        }
        return query(statement, values);
      });
    });
  }

  private note(rows: unknown): void {
    const read: RowsRead = {};
    for (const node of nodes(Explained.parse(rows)[0]['QUERY PLAN'][0].Plan)) {
      const table = node['Relation Name'];
      if (table === undefined || !readsTable.test(node['Node Type'])) continue;
      const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
      read[table] = (read[table] ?? 0) + (node['Actual Rows'] + removed) * node['Actual Loops'];
    }
    this.statements.push(read);
  }
}

function explain({ text }: Statement): string {
  return `explain (analyze, format json) ${text}`;
}
