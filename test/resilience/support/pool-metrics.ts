import { type RegistryClient, send } from './registry-client.js';

export interface Pool {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** What `/metrics` says of the pool of each process. */
export async function poolsOf({ url }: Pick<RegistryClient, 'url'>): Promise<Pool[]> {
  const { body } = await send(`${url}/metrics`);
  const [total, idle, waiting] = ['connections', 'idle_connections', 'waiting_requests'].map((figure) =>
    valuesOf(body, `database_pool_${figure}`),
  );
  return [...(total ?? [])].map(([process, count]) => ({
    total: count,
    idle: idle?.get(process) ?? NaN,
    waiting: waiting?.get(process) ?? NaN,
  }));
}

/** Values of a series by their labels. */
function valuesOf(metrics: string, name: string): Map<string, number> {
  const lines = metrics.split('\n').flatMap((line) => new RegExp(`^${name}(\\{.*\\})? (\\S+)$`).exec(line) ?? []);
  const values = new Map<string, number>();
  for (let index = 0; index < lines.length; index += 3) values.set(lines[index + 1] ?? '', Number(lines[index + 2]));
  return values;
}
