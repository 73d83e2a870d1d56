import { jest } from '@jest/globals';
import { EntityManager } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import { AuditEntry } from '../../src/auth/audit/audit-entry.entity.js';
import { Owner } from '../../src/auth/accounts/owner.entity.js';
import { defer } from '../../src/database/batch/defer.js';
import { deferred } from '../../src/database/batch/deferred-statement.js';
import { PooledConnection } from '../../src/database/connections/pooled-connection.js';
import { LabelProtection } from '../../src/prompts/names/label-protection.entity.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

let server: OpenTestServer;
let em: EntityManager;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startOpenTestServer();
  em = server.app.get(EntityManager, { strict: false });
  prompt = await aPrompt(server).make();
});
afterAll(() => server.stop());

const entry = (subject: string) => ({
  protocol: 'server' as const,
  action: 'prompt.update' as const,
  subjectType: 'prompt',
  subject,
  actorId: null,
  keyId: null,
  promptId: null,
  details: { text: `it's "quoted", \\ and ✓`, none: null, list: [1, 'two'] },
});
const protection = (label: string) => ({ promptId: prompt.id, label, writers: [prompt.ownerId, randomUUID()] });
const subjects = async (like: string) => {
  const found = await em.find(AuditEntry, { subject: { $like: `${like}%` } }, { orderBy: { id: 'asc' } });
  return found.map(({ subject }) => subject);
};

const marker = 'select $1::text as marker';

/** The statements of the work's transaction, without its begin and its end. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = jest.spyOn(PooledConnection.prototype, 'query');
  await em.transactional(async () => {
    await em.execute(marker, ['']);
    await work();
  });
  const { calls, contexts } = query.mock;
  const sent = calls.map(([statement], index) => ({
    text: typeof statement === 'string' ? statement : statement.text,
    connection: contexts[index],
  }));
  query.mockRestore();
  const start = sent.findIndex(({ text }) => text === marker);
  const texts = sent.slice(start + 1).filter(({ connection }) => connection === sent[start]?.connection);
  return texts.map(({ text }) => text).filter((text) => text !== 'commit');
}

const fail = deferred(
  'fail-if-deferred',
  `insert into login_failure (subject, window_start, failures) values ($1, now(), $2)`,
);
const countFailures = 'select failures from login_failure where subject = $1';

it('writes new entities of several kinds, in their order, and changed ones in one statement', async () => {
  const statements = await statementsOf(async () => {
    const owner = await em.findOneOrFail(Owner, { slug: 'workspace' });
    owner.memberAccess = 'none';
    for (const subject of ['mixed 1', 'mixed 2', 'mixed 3']) em.create(AuditEntry, entry(subject));
    em.create(LabelProtection, protection('mixed'));
  });
  expect(statements).toHaveLength(2);
  expect(await subjects('mixed')).toEqual(['mixed 1', 'mixed 2', 'mixed 3']);
  expect(await em.findOne(Owner, { slug: 'workspace' })).toMatchObject({ memberAccess: 'none' });
});

it('writes values as the ORM does', async () => {
  const { writers } = protection('values');
  await em.transactional(() => {
    em.create(AuditEntry, entry('values'));
    em.create(LabelProtection, { promptId: prompt.id, label: 'values', writers });
    return Promise.resolve();
  });
  const [found] = await em.find(AuditEntry, { subject: 'values' });
  expect(found).toMatchObject({ ...entry('values'), at: expect.any(Date) as Date });
  expect(await em.findOne(LabelProtection, { promptId: prompt.id, label: 'values' })).toMatchObject({ writers });
});

it('writes a change once, and the next one too', async () => {
  const statements = await statementsOf(async () => {
    const owner = await em.findOneOrFail(Owner, { slug: 'workspace' });
    owner.memberAccess = 'read';
    await em.flush();
    await em.flush();
    owner.memberAccess = 'write';
  });
  expect(statements.filter((text) => text.includes('update'))).toHaveLength(2);
  expect(await em.findOne(Owner, { slug: 'workspace' })).toMatchObject({ memberAccess: 'write' });
});

it('gives a new entity what the database computes', async () => {
  const id = randomUUID();
  const createdAt = await em.transactional(async () => {
    const owner = em.create(Owner, { id, kind: 'organization', slug: `computed-${id}` });
    await em.flush();
    return owner.createdAt;
  });
  expect(createdAt).toBeInstanceOf(Date);
});

it('deletes in the transaction, too', async () => {
  await em.transactional(() => Promise.resolve(em.create(LabelProtection, protection('deleted'))));
  await em.transactional(async () => {
    em.remove(await em.findOneOrFail(LabelProtection, { promptId: prompt.id, label: 'deleted' }));
    em.create(AuditEntry, entry('deleted'));
  });
  expect(await em.findOne(LabelProtection, { promptId: prompt.id, label: 'deleted' })).toBeNull();
  expect(await subjects('deleted')).toEqual(['deleted']);
});

describe('a deferred statement', () => {
  it('is sent with the others at the end of the transaction', async () => {
    const statements = await statementsOf(async () => {
      await defer(em, fail, ['at the end', 1]);
      em.create(AuditEntry, entry('at the end'));
    });
    expect(statements).toHaveLength(1);
    expect(await em.execute(countFailures, ['at the end'])).toEqual([{ failures: 1 }]);
    expect(await subjects('at the end')).toEqual(['at the end']);
  });

  it.each([
    ['a statement by hand', () => em.execute(countFailures, ['before a read'])],
    ['a read of the ORM', () => em.find(Owner, { slug: 'workspace' })],
    ['a count of the ORM', () => em.count(Owner, {})],
    ['another of the same name', () => defer(em, fail, ['second', 2])],
  ])('is sent before %s', async (_what, next) => {
    const statements = await statementsOf(async () => {
      await em.execute('delete from login_failure where subject = any ($1)', [['before a read', 'second']]);
      await defer(em, fail, ['before a read', 1]);
      await next();
    });
    expect(statements[1]).toContain('insert into login_failure');
    expect(await em.execute(countFailures, ['before a read'])).toEqual([{ failures: 1 }]);
  });

  it('takes its transaction with it when it fails', async () => {
    const work = em.transactional(async () => {
      em.create(AuditEntry, entry('failed'));
      await defer(em, fail, ['at the end', 1]);
    });
    await expect(work).rejects.toThrow('duplicate key');
    expect(await subjects('failed')).toEqual([]);
  });

  it('is not sent when the work fails', async () => {
    const work = em.transactional(async () => {
      await defer(em, fail, ['never', 1]);
      throw new Error('refused');
    });
    await expect(work).rejects.toThrow('refused');
    expect(await em.execute(countFailures, ['never'])).toEqual([]);
  });

  it('needs a transaction', async () => {
    await expect(defer(em, fail, ['alone', 1])).rejects.toThrow('use em.transactional');
  });
});
