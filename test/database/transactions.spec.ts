import { jest } from '@jest/globals';
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

describe('what is to be done before the commit', () => {
  const settings = { text: `select current_setting('promptyard.test', true) as value` };
  const set = (value: string) => database.query({ text: `select set_config('promptyard.test', $1, true)` }, [value]);

  it('is done after the work, in its order', async () => {
    const seen: unknown[] = [];
    await database.transaction(async () => {
      database.beforeCommit(async () => void seen.push(...(await database.query(settings))));
      database.beforeCommit(() => Promise.resolve(void seen.push('second')));
      await set('at the end');
      seen.push('work');
    });
    expect(seen).toEqual(['work', { value: 'at the end' }, 'second']);
  });

  it('undoes the transaction when it fails, and is left out when the work has failed', async () => {
    const done = jest.fn(() => Promise.reject(new Error('not written')));
    const label = `insert into login_failure (subject, window_start, failures) values ('beforehand', now(), 1)`;
    const work = async () => {
      database.beforeCommit(done);
      await database.query({ text: label });
    };
    await expect(database.transaction(work)).rejects.toThrow('not written');
    await expect(
      database.transaction(async () => {
        await work();
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    expect(done).toHaveBeenCalledTimes(1);
    const left = { text: `select 1 from login_failure where subject = 'beforehand'` };
    expect(await database.query(left)).toEqual([]);
  });
});
