import { jest } from '@jest/globals';
import { type ApiAnswer, call, eventually } from '../support/api.js';
import { aRevision, point } from '../support/history.js';
import { recordStatements } from '../support/plans/sent-statements.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

const maxStaleMs = 200;

let server: OpenTestServer;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startOpenTestServer();
});
beforeEach(async () => {
  prompt = await aPrompt(server).withVersion('1.0.0').make();
  for (const content of ['One', 'Two']) await aRevision(server, prompt, server.adminKey, content);
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

const read = (path = '/resolve'): Promise<ApiAnswer> => call(server, 'GET', prompt.path + path);
const contentOf = async () => (await read()).body.content as string;
const sql = (text: string, ...values: unknown[]) => server.database.pool.query(text, values);

/** Executes statements as another process would. */
const moveElsewhere = (revision: number) =>
  sql(`update label set revision = $1 where name = 'production' and prompt_id = $2`, revision, prompt.id);

/** How often the database is asked while the same is read again and again. */
async function statementsOf(reads: () => Promise<unknown>): Promise<number> {
  const statements = recordStatements(server);
  for (let i = 0; i < 20; i += 1) await reads();
  const count = statements.sent.length;
  statements.stop();
  return count;
}

/** The same in a quiet moment: a busy machine hears of changes later, and the database is asked then. */
const minStatementsOf = (reads: () => Promise<unknown>) =>
  eventually(
    () => statementsOf(reads),
    (statements) => statements <= 1,
    30_000,
  );

describe('a cached read of a public prompt', () => {
  it.each(['/resolve', '/resolve?version=1.x', '/versions', '/versions/1.0.0'])(
    'is answered from memory at %s',
    async (path) => {
      const first = await read(path);
      expect(await minStatementsOf(() => read(path))).toBeLessThanOrEqual(1);
      expect((await read(path)).text).toBe(first.text);
    },
  );

  it('is new at once on the process that changed it', async () => {
    for (const revision of [2, 3, 1, 2]) {
      await contentOf();
      await point(server, prompt, server.adminKey, 'production', { revision });
      expect((await read()).body.number).toBe(revision);
    }
  });

  it('is new within 200 ms after a change of another process', async () => {
    for (const revision of [2, 3, 2, 3, 2]) {
      await eventually(read, () => true);
      await moveElsewhere(revision);
      const began = performance.now();
      let lastWrong = began;
      const reading = async () => {
        const asked = performance.now();
        const { body } = await read();
        if (body.number !== revision) lastWrong = asked;
        return body.number;
      };
      expect(await eventually(reading, (number) => number === revision)).toBe(revision);
      expect(lastWrong - began).toBeLessThan(maxStaleMs);
    }
  });

  it('is hidden at once when it becomes private, and shown again', async () => {
    for (const visibility of ['private', 'public', 'private']) {
      await read();
      await call(server, 'PATCH', prompt.idPath, { token: server.adminKey, json: { visibility } });
      expect((await read()).status).toBe(visibility === 'public' ? 200 : 404);
    }
  });

  it('is 404 at once after a deletion, and another prompt’s when that gets the name', async () => {
    const name = 'given-again';
    const again = async () => {
      prompt = await aPrompt(server, name).make();
      await aRevision(server, prompt, server.adminKey, `Of ${prompt.id}`);
      return `Of ${prompt.id}`;
    };
    for (let round = 0; round < 3; round += 1) {
      const content = await again();
      expect([await contentOf(), await contentOf()]).toEqual([content, content]);
      await call(server, 'DELETE', prompt.idPath, { token: server.adminKey });
      expect((await read()).status).toBe(404);
    }
  });
});

it('queries the database for each read of a private prompt', async () => {
  await call(server, 'PATCH', prompt.idPath, { token: server.adminKey, json: { visibility: 'private' } });
  const reads = () => call(server, 'GET', `${prompt.path}/resolve`, { token: server.adminKey });
  expect(await statementsOf(reads)).toBeGreaterThanOrEqual(20);
});

describe('reads of a private prompt at the same time', () => {
  const readPrivately = () => call(server, 'GET', `${prompt.path}/resolve`, { token: server.adminKey });
  beforeEach(() => call(server, 'PATCH', prompt.idPath, { token: server.adminKey, json: { visibility: 'private' } }));

  it('share statements', async () => {
    const statements = recordStatements(server);
    const answers = await Promise.all(Array.from({ length: 40 }, readPrivately));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(statements.sent.filter(({ name }) => name === 'resolve-label').length).toBeLessThan(40);
    statements.stop();
  });

  it('never answer what was read before a change that was acknowledged', async () => {
    for (let round = 0; round < 20; round += 1) {
      const revision = (round % 3) + 1;
      const earlier = Array.from({ length: 8 }, readPrivately);
      await point(server, prompt, server.adminKey, 'production', { revision });
      expect((await readPrivately()).body.number).toBe(revision);
      await Promise.all(earlier);
    }
  });
});

it('caches nothing while it cannot be notified of changes', async () => {
  await eventually(read, () => true);
  const listening = `select pid from pg_stat_activity where application_name = 'promptyard changes' and datname = current_database()`;
  await sql(`alter table label disable trigger label_change`);
  try {
    await sql(`select pg_terminate_backend(pid) from (${listening}) listening`);
    await eventually(
      async () => (await sql(listening)).rows.length,
      (count) => count === 0,
    );
    await moveElsewhere(3);
    expect((await read()).body.number).toBe(3);
  } finally {
    await sql(`alter table label enable trigger label_change`);
  }
  // Caching continues when notifications arrive again.
  await eventually(
    async () => (await sql(listening)).rows.length,
    (count) => count === 1,
    10_000,
  );
  expect(await minStatementsOf(read)).toBeLessThanOrEqual(1);
});

it('is correct while 4 readers and a writer work', async () => {
  const seen: number[][] = [];
  let isOver = false;
  let current = 1;
  const readers = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const before = current;
      const { body } = await read();
      seen.push([before, Number(body.number), current]);
    }
  });
  for (let i = 0; i < 60; i += 1) {
    const revision = (i % 3) + 1;
    await point(server, prompt, server.adminKey, 'production', { revision });
    current = revision;
    const { body } = await read();
    expect(body).toMatchObject({ number: revision });
  }
  isOver = true;
  await Promise.all(readers);
  // If the label is the same before and after, it was moved at most once in between, so no older value was read.
  const wrong = seen
    .filter(([before, , after]) => before === after)
    .filter(([before, number]) => {
      return number !== before && number !== ((before ?? 0) % 3) + 1;
    });
  expect(wrong).toEqual([]);
});
