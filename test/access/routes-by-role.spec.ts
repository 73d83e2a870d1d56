import { operations } from '../openapi/document.js';
import { type ApiAnswer, call } from '../support/api.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { type Actor, actors, createAccessActors, type AccessActors } from './access-actors.js';
import { cacheProblems, mayRead } from './answer-rules.js';
import { askRoute, isPublished, routeOf, routes } from './ask-route.js';
import { type Row, rows, rowsFor } from './role-table.js';
import { routeFacts } from './route-facts.js';
import { createPromptFixture, type PromptFixture, secretOf } from './prompt-fixture.js';

let server: TestServer;
let accessActors: AccessActors;
beforeAll(async () => {
  server = await startTestServer({ ALLOW_SIGNUP: 'true' });
  accessActors = await createAccessActors(server);
});
afterAll(() => server.stop());

const ask = (operation: string, actor: Actor, prompt: PromptFixture) =>
  askRoute(accessActors, operation, prompt, { actor });

function sceneFor({ operation, prompt }: Row): Promise<PromptFixture> {
  return createPromptFixture(server, accessActors, {
    visibility: prompt === 'private' ? 'private' : 'public',
    isDeleted: operation === 'restorePrompt',
    hasVersion: isPublished(operation),
  });
}

it('has a row for every operation of the server, in both tables', async () => {
  const { paths } = JSON.parse((await call(server, 'GET', '/openapi.json')).text) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const served = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  const inTable = new Set(rows.map(({ operation }) => routeOf(operation)));
  expect([...inTable].sort()).toEqual(served.sort());
  expect(routeFacts.map(({ operation }) => operation).sort()).toEqual(served.sort());
});

it('has a row for public and for private prompts where the operation is about one', () => {
  const aboutPrompts = [...routes]
    .filter(([, { path }]) => /^\/(v1|api)\/prompts\/\{|^\/api\/v1\/prompts\/id\//.test(path))
    .map(([name]) => name);
  for (const prompt of ['public', 'private']) {
    const covered = rowsFor(prompt).map(({ operation }) => routeOf(operation));
    expect(covered).toEqual(expect.arrayContaining(aboutPrompts));
  }
});

it.each(rows)('$operation of $prompt prompts answers each role as the table says', async (row) => {
  const answered: Partial<Record<Actor, number>> = {};
  for (const actor of actors) {
    const prompt = await sceneFor(row);
    const answer = await ask(row.operation, actor, prompt);
    answered[actor] = answer.status;
    expect({ actor, problems: cacheProblems(row, actor, answer) }).toEqual({ actor, problems: [] });
    if (answer.status >= 400 || !mayRead(row, actor))
      expect([actor, answer.text.includes(secretOf(prompt))]).toEqual([actor, false]);
  }
  expect(answered).toEqual(row.statuses);
});

describe('a private prompt of another user is answered like a missing one', () => {
  const blind = rows.find(({ operation, prompt }) => operation === 'getPrompt' && prompt === 'private');
  const blindActors = actors.filter((actor) => blind?.statuses[actor] !== 200);

  /** The parts of an answer that a client can see, without the names of the two prompts. */
  function seen({ status, headers, text }: ApiAnswer, { id, name }: PromptFixture) {
    const body = text.replaceAll(id, '<id>').replaceAll(name, '<name>');
    return { status, body, headers: [...headers.keys()].sort() };
  }

  it('covers eight kinds of callers', () => {
    expect(blindActors).toHaveLength(8);
  });

  // The other protocols answer 403 instead of 404, because their callers act in one owner and know its names.
  const others = new Set(operations.filter(({ path }) => path.startsWith('/api/')).map(({ id }) => id));
  const blindRows = rowsFor('private').filter(({ operation }) => !others.has(routeOf(operation)));

  it.each(blindRows)('by $operation', async (row) => {
    for (const actor of blindActors) {
      const [hidden, nothing] = [await sceneFor(row), await createPromptFixture(server, accessActors, 'nothing')];
      const [ofHidden, ofNothing] = [await ask(row.operation, actor, hidden), await ask(row.operation, actor, nothing)];
      expect({ actor, ...seen(ofHidden, hidden) }).toEqual({ actor, ...seen(ofNothing, nothing) });
    }
  });
});
