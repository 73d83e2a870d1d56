import { latestConductorVersions } from '../../src/history/pointers/conductor-versions.queries.js';
import type { ConductorVersion } from '../../src/history/pointers/conductor-version-reader.js';
import type { Comparison } from '../scenario.js';
import { rowsOf, sendPages } from '../floor/bare-lists.js';
import { manyTemplatesOwner } from '../seed/many-templates.js';
import type { Pool } from 'pg';

/** Ten thousand templates. The floor runs the same statements; it does not authenticate, and converts no variables. */
export const conductorList: Comparison = {
  name: 'conductor-list',
  title: 'Conductor: list 10 000 templates',
  connections: [2],
  mainConnections: 2,
  // An answer has eight megabytes.
  minSeconds: 6,
  goal: 0.8,
  status: { product: 200, floor: 200 },

  load: ({ manyTemplatesKey }) => ({
    method: 'GET',
    requests: [{ path: '/api/prompts' }],
    headers: { 'x-authorization': manyTemplatesKey },
  }),

  floor({ server, pool }) {
    server.get('/api/prompts', (_request, reply) => sendPages(reply, pagesOf(pool)));
  },
};

async function* pagesOf(pool: Pool): AsyncGenerator<readonly object[]> {
  const { rows } = await pool.query<{ id: string }>('select id from owner where slug = $1', [manyTemplatesOwner]);
  const ownerId = rows[0]?.id ?? '';
  const scopes = (['public', 'private'] as const).map((visibility) => ({ visibility, ownerId }));
  for (let after = ''; ;) {
    const page = await rowsOf<ConductorVersion>(pool, latestConductorVersions({ ownerId, scopes, after }));
    const last = page.at(-1);
    if (!last) return;
    yield page.map(toTemplate);
    after = last.name;
  }
}

function toTemplate(row: ConductorVersion) {
  const [created, updated] = [Date.parse(row.createdAt), Date.parse(row.movedAt)];
  return {
    name: row.name,
    description: row.description,
    template: row.content,
    version: row.integer,
    variables: ['customer', 'tone'],
    tags: row.tags.map((tag) => ({ key: tag, value: '', type: 'METADATA' })),
    integrations: [],
    temperature: 0.1,
    topP: 1,
    responseFormat: 'text',
    stopWords: [],
    ...row.settings,
    ownerApp: '',
    createdBy: row.createdBy,
    updatedBy: row.movedBy,
    createTime: created,
    updateTime: updated,
    createdOn: created,
    updatedOn: updated,
  };
}
