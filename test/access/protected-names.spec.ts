import { startTestServer, type TestServer } from '../support/test-server.js';
import { askRoute, isPublished, routeOf } from './ask-route.js';
import { type Actor, createAccessActors, type AccessActors } from './access-actors.js';
import { factsOf, routeFacts } from './route-facts.js';
import { rows } from './role-table.js';
import { createPromptFixture, type PromptFixture } from './prompt-fixture.js';

let server: TestServer;
let accessActors: AccessActors;
beforeAll(async () => {
  server = await startTestServer({ ALLOW_SIGNUP: 'true' });
  accessActors = await createAccessActors(server);
});
afterAll(() => server.stop());

/** The actors with most rights. For routes that do not change names the first and the last are sufficient. */
const fullAccessActors = ['creator', 'owner', 'admin'] as const satisfies readonly Actor[];
const ends = ['creator', 'admin'] as const satisfies readonly Actor[];

/** A prompt without packages. Its labels are protected: only the named users may move them. */
const aProtectedScene = (writers: readonly string[]) =>
  createPromptFixture(server, accessActors, {
    visibility: 'private',
    hasVersion: false,
    protectedLabels: { production: writers, guarded: writers },
  });

/** The owner of the prompt, its name, whether it is deleted, and the target of production. */
async function identityOf({ id }: PromptFixture): Promise<object> {
  const { rows: found } = await server.database.pool.query<object>(
    `select p.owner_id, p.name, p.deleted_at, l.revision as production
     from prompt p left join label l on l.prompt_id = p.id and l.name = 'production' where p.id = $1`,
    [id],
  );
  return found[0] ?? {};
}

const operations = [...new Set(rows.map(({ operation }) => operation))];
/** The requests that concern the name: one route can change the name and other fields. */
const renaming = operations.filter((operation) => {
  const { name } = factsOf(routeOf(operation));
  if (name === 'stays' || isPublished(operation)) return false;
  return name === 'frees' || operation.includes('renamed');
});

it("covers each route that frees or changes a prompt's name", () => {
  const routes = routeFacts.filter(({ name }) => name !== 'stays').map(({ operation }) => operation);
  expect([...new Set(renaming.map(routeOf))].sort()).toEqual([...routes].sort());
});

it.each(operations)('%s changes neither name nor production for a caller who may move no label', async (operation) => {
  for (const actor of renaming.includes(operation) ? fullAccessActors : ends) {
    const prompt = await aProtectedScene([]);
    const before = await identityOf(prompt);
    const { status, text } = await askRoute(accessActors, operation, prompt, { actor });
    expect({ actor, status, ...(await identityOf(prompt)) }).toEqual({ actor, status, ...before });
    if (!renaming.includes(operation)) continue;
    expect({ actor, status }).toEqual({ actor, status: 403 });
    expect(text).toContain('the label is protected');
    expect(text).toMatch(/production|guarded/);
  }
});

it.each(renaming)('%s succeeds for a caller who may move each protected label', async (operation) => {
  const prompt = await aProtectedScene([accessActors.creator.id]);
  const before = await identityOf(prompt);
  const { status } = await askRoute(accessActors, operation, prompt, { actor: 'creator' });
  expect([200, 204]).toContain(status);
  expect(await identityOf(prompt)).not.toEqual(before);
});

it.each(renaming)('%s is refused to a caller who may move only one of two protected labels', async (operation) => {
  const protectedLabels = {
    guarded: [accessActors.creator.id],
    production: [accessActors.creator.id],
    zeta: [accessActors.owner.id],
  };
  const prompt = await createPromptFixture(server, accessActors, {
    visibility: 'private',
    hasVersion: false,
    protectedLabels,
  });
  const { status, text } = await askRoute(accessActors, operation, prompt, { actor: 'creator' });
  expect([status, text.includes('zeta')]).toEqual([403, true]);
});
