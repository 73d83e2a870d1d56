import { bareSave } from '../floor/bare-save.js';
import { numberedBody } from '../load/load.js';
import { type Comparison, connectionCounts } from '../scenario.js';

const save = bareSave(
  'save-template',
  `owner_id = (select id from owner where slug = 'workspace') and name = $1 and deleted_at is null`,
  `'production', '5'`,
);

/** Overwrites the highest version with another text each time. The floor does not authenticate and writes no ledger. */
export const conductorSave: Comparison = {
  name: 'conductor-save',
  title: 'Conductor: save a template',
  connections: connectionCounts,
  mainConnections: 8,
  goal: 0.5,
  status: { product: 200, floor: 200 },

  load({ templates, apiKey }, numbers) {
    const requests = templates.map(({ name }) => ({ path: `/api/prompts/${name}?description=Measured` }));
    const text = 'Answer ${customer} in a ${tone} tone. '.repeat(20);
    const headers = { 'x-authorization': apiKey, 'content-type': 'application/json' };
    return { method: 'PUT', requests, headers, body: numberedBody(text, ' times.', numbers) };
  },

  floor({ server, pool }) {
    void server.register(async (templates) => {
      templates.removeAllContentTypeParsers();
      templates.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      templates.put<{ Params: { name: string }; Body: string }>('/api/prompts/:name', async (request, reply) => {
        await pool.query({ ...save, values: [request.params.name, request.body] });
        return reply.send();
      });
      await Promise.resolve();
    });
  },
};
