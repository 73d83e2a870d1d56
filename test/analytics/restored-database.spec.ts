import { createLogger } from '../../src/app/logger.js';
import { readConfig } from '../../src/config/config.js';
import { startServer } from '../../src/app/server.js';
import { call, eventually } from '../support/api.js';
import { aUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const countOf = async (path: string) => (await call(server, 'GET', path)).body.download_count;
const download = (path: string) => call(server, 'GET', `${path}/versions/1.0.0/download`);

it('continues counting after a restore into a cluster with younger transaction ids', async () => {
  const prompt = await aPrompt(server)
    .ownedBy(await aUser(server))
    .withVersion('1.0.0')
    .make();
  await download(prompt.path);
  await eventually(
    () => countOf(prompt.path),
    (count) => count === 1,
  );

  // As a dump from an older cluster would leave it: one download counted, one not yet, both of transactions to come.
  await server.database.pool.query(
    `with counted as (update download set committed_by = '900000000000' returning *),
          cursor as (update download_rollup set next_transaction = '900000000001')
     insert into download (at, id, prompt_id, version_id, visitor, committed_by)
     select at, gen_random_uuid(), prompt_id, version_id, visitor, '900000000002' from counted`,
  );
  const config = readConfig(server.environment);
  const restored = await startServer(config, createLogger(config.server));
  try {
    expect(await countOf(prompt.path)).toBe(2);
    await download(prompt.path);
    await eventually(
      () => countOf(prompt.path),
      (count) => count === 3,
    );
  } finally {
    await restored.stop();
  }
});
