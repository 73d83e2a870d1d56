import { z } from 'zod';
import type { TestServer } from '../test-server.js';

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly 'Rows Removed by Index Recheck'?: number | undefined;
  readonly Plans?: PlanNode[] | undefined;
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

/** The statement that runs another one and answers with its plan. */
export function explain({ text }: { readonly text: string }): string {
  return `explain (analyze, format json) ${text}`;
}

/** Every node of the plan that `explain` was answered with. */
export function planIn(rows: unknown): PlanNode[] {
  const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  return nodes(Explained.parse(rows)[0]['QUERY PLAN'][0].Plan);
}

/** Every node of the plan by which a statement really ran. */
export async function planOf(
  server: Pick<TestServer, 'database'>,
  statement: { readonly text: string },
  values: readonly unknown[],
): Promise<PlanNode[]> {
  const { rows } = await server.database.pool.query(explain(statement), [...values]);
  return planIn(rows);
}

/** The number of rows that the plan took from a table. */
export function rowsOf(plan: readonly PlanNode[], table: string): number {
  return plan
    .filter((node) => node['Relation Name'] === table)
    .reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0);
}

/** The number of rows that a node read, with those that it filtered out. */
export function rowsReadBy(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}

/** The number of rows that the plan read of each table. */
export function rowsRead(plan: readonly PlanNode[]): Record<string, number> {
  const read: Record<string, number> = {};
  for (const node of plan) {
    const table = node['Relation Name'];
    if (table === undefined || !node['Node Type'].endsWith('Scan')) continue;
    read[table] = (read[table] ?? 0) + rowsReadBy(node);
  }
  return read;
}
