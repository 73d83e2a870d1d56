import { jest } from '@jest/globals';
import { PooledConnection } from '../../src/database/connections/pooled-connection.js';
import { ask } from '../protocols/conductor/templates.js';
import { openWebUi } from '../protocols/open-webui/commands.js';
import type { ApiAnswer } from '../support/api.js';
import { aRevision, point } from '../support/history.js';
import { aPrompt, uploadVersion, type TestPrompt } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

let server: OpenTestServer;
let prompt: TestPrompt;
let commandId: unknown;
beforeAll(async () => {
  server = await startOpenTestServer();
  prompt = await aPrompt(server).withVersion('1.0.0').make();
  for (const text of ['One', 'Two']) await aRevision(server, prompt, server.adminKey, text);
  const { body } = await openWebUi(server, server.adminKey).create({ command: 'edited', name: 'Edited', content: '0' });
  commandId = body.id;
});
afterAll(() => server.stop());

const attempts = 20;

/**
 * The fewest statements of several requests: the first fill the caches, a busy machine does not trust them for a moment, and
 * some statements run now and then, as those for statistics.
 */
async function roundTrips(request: () => Promise<ApiAnswer>, enough: number): Promise<string[]> {
  let fewest: string[] | undefined;
  for (let attempt = 0; attempt < attempts && (fewest?.length ?? Infinity) > enough; attempt += 1) {
    const query = jest.spyOn(PooledConnection.prototype, 'query');
    expect((await request()).status).toBeLessThan(300);
    const sent = query.mock.calls.map(([statement]) => (typeof statement === 'string' ? statement : statement.text));
    query.mockRestore();
    if (!fewest || sent.length < fewest.length) fewest = sent;
  }
  return fewest ?? [];
}

let number = 1;
const next = () => (number += 1);

it.each([
  ['publishing a package', 8, () => uploadVersion(server, prompt, server.adminKey, `1.${next()}.0`)],
  [
    'saving a template of Conductor',
    6,
    () => ask(server, 'PUT', `/api/prompts/saved?description=Saved`, server.adminKey, { json: `Save ${next()}` }),
  ],
  [
    'changing a prompt of Open WebUI',
    6,
    () =>
      openWebUi(server, server.adminKey).update(String(commandId), {
        command: 'edited',
        name: 'Edited',
        content: `Change ${next()}`,
      }),
  ],
  ['moving a label', 6, () => point(server, prompt, server.adminKey, 'production', { revision: 1 + (next() % 2) })],
])('%s takes at most %i round trips to the database', async (_what, most, request) => {
  const statements = await roundTrips(request, most);
  expect(statements.length > most ? statements : []).toEqual([]);
});
