import type { Pool } from 'pg';
import { pageStatement } from '../../src/history/live/live-prompt-list.queries.js';
import type { ListedPrompt } from '../../src/history/live/live-prompt-list-reader.js';
import { livePromptPage } from '../../src/history/live/live-prompts.queries.js';
import { rowsOf, sendPages } from '../floor/bare-lists.js';
import type { Comparison } from '../scenario.js';
import { manyTemplatesOwner } from '../seed/many-templates.js';

const maxRows = 600;

/** Ten thousand prompts. The floor runs the same statements; it does not authenticate, and converts no variables. */
export const openWebuiAll: Comparison = {
  name: 'open-webui-all',
  title: 'Open WebUI: list 10 000 prompts',
  connections: [2],
  mainConnections: 2,
  // An answer has eight megabytes.
  minSeconds: 6,
  goal: 0.8,
  status: { product: 200, floor: 200 },
  mayBeMissing: true,

  load: ({ manyTemplatesKey }) => ({
    method: 'GET',
    requests: [{ path: '/api/v1/prompts/' }],
    headers: { authorization: `Bearer ${manyTemplatesKey}` },
  }),

  floor({ server, pool }) {
    server.get('/api/v1/prompts/', (_request, reply) => sendPages(reply, pagesOf(pool)));
  },
};

async function* pagesOf(pool: Pool): AsyncGenerator<readonly object[]> {
  const owners = await pool.query<{ id: string }>('select id from owner where slug = $1', [manyTemplatesOwner]);
  const ownerId = owners.rows[0]?.id ?? '';
  const scopes = (['public', 'private'] as const).map((visibility) => ({ visibility, ownerId }));
  const order = { by: 'updated_at', direction: 'desc' } as const;
  const [found] = await rowsOf<{ ids: Buffer }>(
    pool,
    pageStatement({ ownerId, scopes, filter: { isActive: true } }, order, null, 0),
  );
  const bytes = found?.ids ?? Buffer.alloc(0);
  const ids = Array.from({ length: bytes.length / 16 }, (_, i) => bytes.toString('hex', i * 16, i * 16 + 16));
  for (let [from, rows] = [0, 50]; from < ids.length; from += rows, rows = Math.min(2 * rows, maxRows)) {
    const values = [null, ids.slice(from, from + rows)];
    yield (await rowsOf<ListedPrompt>(pool, { text: livePromptPage, values })).map(toPrompt);
  }
}

const toSeconds = (time: string | Date) => Math.floor(new Date(time).getTime() / 1000);

function toPrompt(row: ListedPrompt) {
  return {
    id: row.id,
    command: row.name,
    user_id: row.createdBy,
    name: row.title,
    content: row.content,
    data: row.data,
    meta: row.meta,
    tags: row.tags,
    is_active: row.isActive,
    version_id: row.productionId,
    created_at: toSeconds(row.createdAt),
    updated_at: toSeconds(row.updatedAt),
    access_grants: row.grants,
  };
}
