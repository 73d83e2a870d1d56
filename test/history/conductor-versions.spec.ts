import type { Principal } from '../../src/auth/access/principal.js';
import { getRepositoryToken } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { ConductorVersionsService } from '../../src/history/pointers/conductor-versions.service.js';
import { Prompt } from '../../src/prompts/prompt.entity.js';
import type { PromptRepository } from '../../src/prompts/prompt.repository.js';
import { aRevision } from '../support/history.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { call } from '../support/api.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

let server: OpenTestServer;
let alice: TestUser;
let me: Principal;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startOpenTestServer();
  alice = await aUser(server);
  const scopes = new Set(['prompts:write'] as const);
  const { id: userId, username } = alice;
  me = {
    userId,
    username,
    isAdmin: false,
    isPending: false,
    scopes,
    via: 'conductor',
    keyId: undefined,
    boundOwnerId: undefined,
    boundPromptId: undefined,
  };
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aPrompt(server).ownedBy(alice).make();
  for (const number of [1, 2, 3]) await aRevision(server, prompt, alice.key, `Text ${number}`);
});

/** In a transaction that holds the prompt's row, as the pointers ask of their callers. */
function locked<T>(work: (versions: ConductorVersionsService) => Promise<T>): Promise<T> {
  const prompts = server.app.get<PromptRepository>(getRepositoryToken(Prompt), { strict: false });
  return server.app.get(EntityManager).transactional(async () => {
    await prompts.lockActive(prompt.id);
    return work(server.app.get(ConductorVersionsService, { strict: false }));
  });
}

const point = (integer: number, revision: number, resetCreated = false) =>
  locked((versions) => versions.set(prompt.id, { integer, revision, resetCreated }, me));
const drop = (integer: number) => locked((versions) => versions.drop(prompt.id, integer, me));
/** Where every pointer points; without `latest`, which is computed. */
const pointers = async () => {
  const text = 'select name, revision from label where prompt_id = $1';
  const { rows } = await server.database.pool.query<{ name: string; revision: number }>(text, [prompt.id]);
  return Object.fromEntries(rows.map(({ name, revision }) => [name, revision]));
};
const timesOf = async (integer: number) => {
  const text = 'select created_at, moved_at from label where prompt_id = $1 and "integer" = $2';
  return (await server.database.pool.query<Record<string, Date>>(text, [prompt.id, integer])).rows[0];
};

it('moves production together with the highest version', async () => {
  expect(await pointers()).toEqual({ production: 1, 1: 1 });
  await point(1, 2);
  expect(await pointers()).toEqual({ production: 2, 1: 2 });
  await point(7, 3);
  expect(await pointers()).toEqual({ production: 3, 1: 2, 7: 3 });
});

it('does not move production when a lower version moves or is created', async () => {
  await point(7, 3);
  await point(1, 2);
  await point(4, 1);
  expect(await pointers()).toEqual({ production: 3, 1: 2, 4: 1, 7: 3 });
});

it('sets production again if it was deleted', async () => {
  await call(server, 'DELETE', `${prompt.path}/labels/production`, { token: alice.key });
  await point(1, 1);
  expect(await pointers()).toEqual({ production: 1, 1: 1 });
});

it('records each move once, and nothing if nothing moves', async () => {
  await point(1, 2);
  await point(1, 2);
  const { body } = await call(server, 'GET', `${prompt.path}/labels/1/history`, { token: alice.key });
  expect(body.items.map(({ from_revision, to_revision }) => [from_revision, to_revision])).toEqual([
    [1, 2],
    [null, 1],
  ]);
});

it('keeps the time of creation of a version, unless it is created again', async () => {
  const created = await timesOf(1);
  await point(1, 2);
  const moved = await timesOf(1);
  expect(moved?.['created_at']).toEqual(created?.['created_at']);
  expect(moved?.['moved_at']).not.toEqual(created?.['moved_at']);
  await point(1, 3, true);
  const recreated = await timesOf(1);
  expect(recreated?.['created_at']).toEqual(recreated?.['moved_at']);
});

it('moves production to the next version', async () => {
  await point(5, 2);
  await point(9, 3);
  expect([await drop(9), await pointers()]).toEqual(['dropped', { production: 2, 1: 1, 5: 2 }]);
  expect([await drop(1), await pointers()]).toEqual(['dropped', { production: 2, 5: 2 }]);
});

it('deletes neither a missing version nor the last one', async () => {
  expect([await drop(2), await drop(1), await pointers()]).toEqual(['unknown', 'last', { production: 1, 1: 1 }]);
});

it('moves nothing if production is protected against the caller', async () => {
  await point(2, 2);
  const path = `${prompt.path}/labels/production/protection`;
  await call(server, 'PUT', path, { token: alice.key, json: { writers: ['admin'] } });
  const before = await pointers();
  for (const move of [() => point(2, 3), () => point(3, 3), () => drop(2)]) {
    await expect(move()).rejects.toMatchObject({ message: 'the label is protected' });
  }
  expect(await pointers()).toEqual(before);
  await point(1, 3);
  expect(await pointers()).toEqual({ ...before, 1: 3 });
});
