import { type Comparison, connectionCounts } from '../scenario.js';

const one = {
  name: 'one-prompt',
  text: `select p.id, p.name as command, p.created_by as user_id, r.name, r.content, p.tags, p.created_at, p.updated_at,
           r.id as version_id
         from prompt p
         join label l on l.prompt_id = p.id and l.name = 'production'
         join revision r on r.prompt_id = p.id and r.number = l.revision
         where p.id = $1 and p.deleted_at is null`,
};

/** The floor does not authenticate. */
export const openWebuiGet: Comparison = {
  name: 'open-webui-get',
  title: 'Open WebUI: read a prompt',
  connections: connectionCounts,
  mainConnections: 8,
  goal: 0.9,
  status: { product: 200, floor: 200 },
  mayBeMissing: true,

  load({ templates, apiKey }) {
    const requests = templates.map(({ id }) => ({ path: `/api/v1/prompts/id/${id}` }));
    return { method: 'GET', requests, headers: { authorization: `Bearer ${apiKey}` } };
  },

  floor({ server, pool }) {
    server.get<{ Params: { id: string } }>('/api/v1/prompts/id/:id', async ({ params }) => {
      const { rows } = await pool.query<object>({ ...one, values: [params.id] });
      return rows[0];
    });
  },
};
