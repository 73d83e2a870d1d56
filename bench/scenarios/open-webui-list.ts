import { type Comparison, connectionCounts } from '../scenario.js';

const page = {
  name: 'page',
  text: `select p.id, p.name as command, p.created_by as user_id, r.name, r.content, p.tags, p.created_at, p.updated_at,
           r.id as version_id, u.slug as user_name, a.email as user_email
         from (
           select * from prompt where deleted_at is null and owner_id = (select id from owner where slug = 'workspace')
           order by updated_at desc limit 30
         ) p
         join label l on l.prompt_id = p.id and l.name = 'production'
         join revision r on r.prompt_id = p.id and r.number = l.revision
         join owner u on u.id = p.created_by join account a on a.id = p.created_by order by p.updated_at desc`,
};
const total = {
  name: 'total',
  text: `select count(*)::int as total from prompt
         where deleted_at is null and owner_id = (select id from owner where slug = 'workspace')`,
};

/** The first page of the workspace. The floor does not authenticate, and so shows everything. */
export const openWebuiList: Comparison = {
  name: 'open-webui-list',
  title: 'Open WebUI: list prompts',
  connections: connectionCounts,
  mainConnections: 8,
  goal: 0.9,
  status: { product: 200, floor: 200 },
  mayBeMissing: true,

  load: ({ apiKey }) => ({
    method: 'GET',
    requests: [{ path: '/api/v1/prompts/list' }],
    headers: { authorization: `Bearer ${apiKey}` },
  }),

  floor({ server, pool }) {
    server.get('/api/v1/prompts/list', async () => {
      const [{ rows: items }, { rows: counts }] = await Promise.all([
        pool.query<object>(page),
        pool.query<{ total: number }>(total),
      ]);
      return { items, total: counts[0]?.total };
    });
  },
};
