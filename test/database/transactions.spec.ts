import { Database } from '../../src/database/database.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

let server: OpenTestServer;
let database: Database;
beforeAll(async () => {
  server = await startOpenTestServer();
  database = server.app.get(Database, { strict: false });
});
afterAll(() => server.stop());

const answer = { name: 'the-answer', text: 'select $1::int as answer' };
const isPrepared = {
  text: `select count(*)::int as times from pg_prepared_statements where name = '${answer.name}'`,
};

it('prepares statements with a name in transactions, too, once for each connection', async () => {
  await database.transaction(async () => {
    expect(await database.query(answer, [42])).toEqual([{ answer: 42 }]);
    expect(await database.query(answer, [43])).toEqual([{ answer: 43 }]);
    expect(await database.query(isPrepared)).toEqual([{ times: 1 }]);
  });
});

it('leaves a transaction usable for others when a statement in it failed', async () => {
  const failing = { name: 'no-number', text: 'select $1::text::int as answer' };
  await expect(database.transaction(() => database.query(failing, ['x']))).rejects.toThrow('invalid input syntax');
  expect(await database.transaction(() => database.query(failing, ['7']))).toEqual([{ answer: 7 }]);
});
