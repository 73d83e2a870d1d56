import { type Scope, scopes } from '../../src/common/http/access.decorator.js';
import type { ApiAnswer } from '../support/api.js';
import { aKey, aUser, keySessionOf, sessionOf, type TestUser } from '../support/users.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { askRoute, routes } from './ask-route.js';
import { createAccessActors, type AccessActors } from './access-actors.js';
import { type RouteFacts, routeFacts } from './route-facts.js';
import { createPromptFixture, type PromptFixture, secretOf } from './prompt-fixture.js';

let server: TestServer;
let accessActors: AccessActors;
let admin: TestUser;
beforeAll(async () => {
  server = await startTestServer({ ALLOW_SIGNUP: 'true' });
  accessActors = await createAccessActors(server);
  admin = await aUser(server, { role: 'admin' });
});
afterAll(() => server.stop());

const prompt = (visibility: 'public' | 'private' = 'private') =>
  createPromptFixture(server, accessActors, { visibility, hasVersion: true });

/** A key of an administrator with these scopes only. On the other protocols it is bound to the organization. */
function keyWith(operation: string, wanted: readonly Scope[]): Promise<string> {
  const isElsewhere = routes.get(operation)?.path.startsWith('/api/');
  return aKey(server, admin.id, { scopes: wanted, ...(isElsewhere ? { ownerId: accessActors.organization.id } : {}) });
}

const ask = async ({ operation }: RouteFacts, token: string, about?: PromptFixture) =>
  askRoute(accessActors, operation, about ?? (await prompt()), { token });
const lacks = ({ text }: ApiAnswer) => text.includes('missing scope');

it.each(routeFacts)('$operation accepts a key with its scopes and requires all of them', async (facts) => {
  const enough = await ask(facts, await keyWith(facts.operation, facts.scopes.length > 0 ? facts.scopes : ['admin']));
  expect(lacks(enough)).toBe(false);
  expect(enough.text).not.toMatch(/missing (bearer )?token|invalid access token|401 Unauthorized|Not authenticated/);
  for (const missing of facts.scopes) {
    const others = scopes.filter((scope) => scope !== missing);
    const answer = await ask(facts, await keyWith(facts.operation, others));
    expect([answer.status, lacks(answer), answer.text.includes(missing)]).toEqual([403, true, true]);
  }
});

it.each(routeFacts.filter(({ orPerson }) => orPerson))(
  '$operation accepts a password log-in instead of the scope, but no session that a key opened',
  async (facts) => {
    const key = await aKey(server, accessActors.owner.id);
    const ofPerson = await ask(facts, await sessionOf(server, accessActors.owner));
    expect([lacks(ofPerson), ofPerson.status < 300]).toEqual([false, true]);
    for (const token of [key, await keySessionOf(server, key)]) {
      const answer = await ask(facts, token);
      expect([answer.status, lacks(answer)]).toEqual([403, true]);
    }
  },
);

const blind = routeFacts.filter(({ scopes: needed }) => needed.length > 0 && !needed.includes('prompts:read'));
const others = scopes.filter((scope) => scope !== 'prompts:read');

it.each(blind)('$operation shows no content of the prompt to a key without the read scope', async (facts) => {
  for (const visibility of ['private', 'public'] as const) {
    const about = await prompt(visibility);
    const { status, text, headers } = await ask(facts, await keyWith(facts.operation, others), about);
    const said = text + JSON.stringify([...headers]);
    expect({ status, said: said.includes(secretOf(about)) }).toEqual({ status, said: false });
  }
});
