import { versionPage } from '../../src/versions/versions.queries.js';
import { type Comparison, connectionCounts } from '../scenario.js';

interface Row {
  id: string;
  prompt_id: string;
  version: string;
  objectKey: string;
  createdAt: string;
  sha256: string;
  size: number;
}

/** Ten versions; the floor answers the same columns. */
export const listVersions: Comparison = {
  name: 'list-versions',
  title: 'List ten versions',
  connections: connectionCounts,
  mainConnections: 64,
  goal: 0.8,
  status: { product: 200, floor: 200 },

  load: ({ published }) => ({ method: 'GET', requests: published.map(({ path }) => ({ path: `${path}/versions` })) }),

  floor({ server, pool }) {
    server.get<{ Params: { owner: string; name: string } }>('/v1/prompts/:owner/:name/versions', async ({ params }) => {
      const values = [null, params.owner, null, params.name, null, null, 1001];
      const { rows } = await pool.query<Row>({ name: 'version-page', text: versionPage, values });
      const items = rows.map(({ id, prompt_id, version, objectKey, createdAt, sha256, size }) => {
        return { id, prompt_id, version, tarball_url: objectKey, created_at: createdAt, sha256, size };
      });
      return { items };
    });
  },
};
