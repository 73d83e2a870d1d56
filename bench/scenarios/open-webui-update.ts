import { bareSave } from '../floor/bare-save.js';
import { numberedBody } from '../load/load.js';
import { type Comparison, connectionCounts } from '../scenario.js';

const update = bareSave('update-prompt', 'id = $1 and deleted_at is null', `'production'`);

/** Another text each time, so that each request creates a history entry. The floor writes no ledger. */
export const openWebuiUpdate: Comparison = {
  name: 'open-webui-update',
  title: 'Open WebUI: change a prompt',
  connections: connectionCounts,
  mainConnections: 8,
  goal: 0.6,
  status: { product: 200, floor: 200 },
  mayBeMissing: true,

  load({ templates, apiKey }, numbers) {
    const requests = templates.map(({ id, name }) => {
      return { path: `/api/v1/prompts/id/${id}/update`, prefix: `{"command":"${name}","name":"${name}",` };
    });
    const text = 'Answer {{customer}} in a {{tone}} tone. '.repeat(20);
    const body = numberedBody(`"content":"${text}`, ' times."}', numbers);
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    return { method: 'POST', requests, headers, body };
  },

  floor({ server, pool }) {
    server.post<{ Params: { id: string }; Body: { content: string } }>(
      '/api/v1/prompts/id/:id/update',
      async ({ params, body }) => {
        const { rows } = await pool.query<object>({ ...update, values: [params.id, body.content] });
        return rows[0];
      },
    );
  },
};
