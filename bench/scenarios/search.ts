import { type Comparison, connectionCounts } from '../scenario.js';
import { twentyWords } from '../seed/corpus.js';

const naiveSearch = {
  name: 'naive-search',
  text: `select p.id, p.name, p.description, p.owner_id, o.slug as owner_username, p.visibility, p.tags,
           p.download_count, p.created_at, p.updated_at
         from prompt p join owner o on o.id = p.owner_id
         where p.deleted_at is null and p.visibility = 'public'
           and (p.name || ' ' || p.description) ilike '%' || $1 || '%'
         order by p.name = $1 desc, p.name ilike $1 || '%' desc, p.name ilike '%' || $1 || '%' desc,
           p.download_count desc, p.created_at desc limit 20`,
};

/** Twenty common and rare words. The floor is one ILIKE over a trigram index, and sorts every hit. */
export const search: Comparison = {
  name: 'search',
  title: 'Search, twenty words',
  connections: connectionCounts,
  mainConnections: 8,
  // With 100 000 prompts and many connections the floor takes longer than a second for a common word.
  minSeconds: 5,
  goal: 3,
  status: { product: 200, floor: 200 },

  load() {
    const requests = twentyWords.map((word) => ({ path: `/v1/prompts?q=${encodeURIComponent(word)}` }));
    return { method: 'GET', requests };
  },

  floor({ server, pool }) {
    server.get<{ Querystring: { q: string } }>('/v1/prompts', async ({ query: { q } }) => {
      const { rows } = await pool.query<object>({ ...naiveSearch, values: [q] });
      return { items: rows, query: q, limit: 20, offset: 0 };
    });
  },

  async prepareFloor(client) {
    await client.query(`create index naive_index on prompt using gin ((name || ' ' || description) gin_trgm_ops)`);
    await client.query('vacuum analyze prompt');
  },
};
