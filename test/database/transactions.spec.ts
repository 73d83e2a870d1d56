import { EntityManager } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import { prepared } from '../../src/database/prepared-statements.js';
import { Owner } from '../../src/auth/accounts/owner.entity.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

let server: OpenTestServer;
let em: EntityManager;
beforeAll(async () => {
  server = await startOpenTestServer();
  em = server.app.get(EntityManager, { strict: false });
});
afterAll(() => server.stop());

const answer = prepared('the-answer', 'select $1::int as answer');
const isPrepared = `select count(*)::int as times from pg_prepared_statements where name = 'the-answer'`;

it('prepares statements with a name in transactions, too, once for each connection', async () => {
  await em.transactional(async () => {
    expect(await em.execute(answer, [42])).toEqual([{ answer: 42 }]);
    expect(await em.execute(answer, [43])).toEqual([{ answer: 43 }]);
    expect(await em.execute(isPrepared)).toEqual([{ times: 1 }]);
  });
});

it('leaves the connection usable after a statement in a transaction failed', async () => {
  const failing = prepared('no-number', 'select $1::text::int as answer');
  await expect(em.transactional(() => em.execute(failing, ['x']))).rejects.toThrow('invalid input syntax');
  expect(await em.transactional(() => em.execute(failing, ['7']))).toEqual([{ answer: 7 }]);
});

it('joins a running transaction, so that both are rolled back together', async () => {
  const work = em.transactional(async () => {
    await em.transactional(() => em.execute(failure, ['joined']));
    throw new Error('refused');
  });
  await expect(work).rejects.toThrow('refused');
  expect(await failuresOf('joined')).toEqual([]);
});

describe('entities', () => {
  const owner = () => ({ id: randomUUID(), kind: 'organization' as const, slug: `team-${randomUUID()}` });

  it('are written when the transaction ends', async () => {
    const created = owner();
    await em.transactional(() => void em.create(Owner, created));
    expect(await em.findOne(Owner, created.id)).toMatchObject(created);
  });

  it('are not written when the use case fails', async () => {
    const created = owner();
    const work = em.transactional(() => {
      em.create(Owner, created);
      throw new Error('refused');
    });
    await expect(work).rejects.toThrow('refused');
    expect(await em.findOne(Owner, created.id)).toBeNull();
  });

  it('cannot be written outside of a transaction', async () => {
    expect(() => em.create(Owner, owner())).toThrow('use em.transactional');
    await expect(em.flush()).rejects.toThrow('use em.transactional');
  });

  it('are loaded again by each read outside of a transaction', async () => {
    const { id } = await em.findOneOrFail(Owner, { slug: 'workspace' });
    const [first, second] = [await em.findOneOrFail(Owner, id), await em.findOneOrFail(Owner, id)];
    expect(first).not.toBe(second);
  });
});

const failure = `insert into login_failure (subject, window_start, failures) values ($1, now(), 1)`;
function failuresOf(subject: string) {
  return em.execute('select 1 from login_failure where subject = $1', [subject]);
}
