import { statements } from '../../src/history/resolve/resolve.queries.js';
import { type Comparison, connectionCounts } from '../scenario.js';

/** The request that applications send. */
export const resolveLabel: Comparison = {
  name: 'resolve',
  title: 'Resolve by label',
  connections: connectionCounts,
  mainConnections: 64,
  goals: { 64: 3 },
  status: { product: 200, floor: 200 },

  load: ({ published }) => ({ method: 'GET', requests: published.map(({ path }) => ({ path: `${path}/resolve` })) }),

  floor({ server, pool }) {
    server.get<{ Params: { owner: string; name: string } }>('/v1/prompts/:owner/:name/resolve', async ({ params }) => {
      const values = [null, params.owner, null, params.name, 'production'];
      const { rows } = await pool.query<object>({ ...statements.label, values });
      return rows[0];
    });
  },
};
