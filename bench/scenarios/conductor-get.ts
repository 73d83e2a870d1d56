import { type Comparison, connectionCounts } from '../scenario.js';

const highest = {
  name: 'highest',
  text: `select p.name, l."integer" as version, r.content as template, r.description, r.settings, p.tags,
           c.slug as created_by, m.slug as updated_by, l.created_at, l.moved_at
         from prompt p
         cross join lateral (
           select * from label where prompt_id = p.id and "integer" is not null order by "integer" desc limit 1
         ) l
         join revision r on r.prompt_id = p.id and r.number = l.revision
         join owner c on c.id = l.created_by join owner m on m.id = l.moved_by
         where p.owner_id = (select id from owner where slug = 'workspace') and p.name = $1 and p.deleted_at is null`,
};

/** The floor does not authenticate, and does not convert the variables. */
export const conductorGet: Comparison = {
  name: 'conductor-get',
  title: 'Conductor: read a template',
  connections: connectionCounts,
  mainConnections: 8,
  goal: 0.9,
  status: { product: 200, floor: 200 },

  load({ templates, apiKey }) {
    const requests = templates.map(({ name }) => ({ path: `/api/prompts/${name}` }));
    return { method: 'GET', requests, headers: { 'x-authorization': apiKey } };
  },

  floor({ server, pool }) {
    server.get<{ Params: { name: string } }>('/api/prompts/:name', async ({ params }) => {
      const { rows } = await pool.query<object>({ ...highest, values: [params.name] });
      return rows[0];
    });
  },
};
