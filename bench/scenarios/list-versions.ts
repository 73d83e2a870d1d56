import type { KnownPrompt } from '../environment/fixtures.js';
import type { Load } from '../load/load.js';
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

/** The floor reads with the same statement and answers the same bytes. */
const common = {
  connections: connectionCounts,
  mainConnections: 64,
  status: { product: 200, floor: 200 },
} as const;

const listsOf = (prompts: readonly KnownPrompt[]): Load => {
  return { method: 'GET', requests: prompts.map(({ path }) => ({ path: `${path}/versions` })) };
};

export const listVersions: Comparison = {
  ...common,
  name: 'list-versions',
  title: 'List ten versions',
  goals: { 64: 2.5 },
  load: ({ published }) => listsOf(published),

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

/** Compared with the floor of the scenario above. */
export const longLists: readonly Comparison[] = [
  {
    ...common,
    name: 'list-versions-100',
    title: 'List a hundred versions',
    goals: { 64: 1.2 },
    load: ({ listed }) => listsOf(listed.hundred),
    floor: () => undefined,
  },
  {
    ...common,
    name: 'list-versions-1000',
    title: 'List a thousand versions',
    minSeconds: 3,
    goals: { 64: 0.9 },
    load: ({ listed }) => listsOf(listed.thousand),
    floor: () => undefined,
  },
];
