import { randomUUID } from 'node:crypto';
import { isAllowed, type Permission } from '../../../src/auth/access/access-policy.js';
import type { Caller, Principal } from '../../../src/auth/access/principal.js';
import { guardedColumns, type GuardedRow, toGuarded } from '../../../src/prompts/guarded-prompt.queries.js';
import { Parameters } from '../../../src/prompts/search/parameters.js';
import { VisibilityScopesService } from '../../../src/prompts/search/visibility-scopes.service.js';
import { type VisibilityScope, visibleIn } from '../../../src/prompts/search/visibility-scope.queries.js';
import { grantTo, insertGroup } from '../../support/grants.js';
import {
  aPrincipal,
  insertOrganization,
  insertPrompts,
  insertUser,
  type PromptRow,
  type SearchDatabase,
  startSearchDatabase,
} from './search-database.js';

const [alice, bob] = [randomUUID(), randomUUID()];
const organizations = (['none', 'read', 'write'] as const).flatMap((memberAccess) =>
  (['owner', 'member', 'stranger'] as const).map((role) => ({
    id: randomUUID(),
    slug: `${memberAccess}-${role}`,
    memberAccess,
    role,
  })),
);

function aPrompt(owner: string, creator: string, visibility: PromptRow['visibility']): PromptRow {
  const id = randomUUID();
  const now = new Date().toISOString();
  const counted = { download_count: 0, created_at: now, updated_at: now };
  return { id, owner_id: owner, name: id, description: '', visibility, tags: [], created_by: creator, ...counted };
}

const prompts = [alice, bob, ...organizations.map(({ id }) => id)].flatMap((owner) =>
  [alice, bob].flatMap((creator) => [aPrompt(owner, creator, 'public'), aPrompt(owner, creator, 'private')]),
);

// All grants of Bob's prompts, to Alice and to others, alone and combined. Alice is in the group `hers`.
const [alices, foreign] = [randomUUID(), randomUUID()];
const everyGrant: { principal: string | null; permission: Permission }[] = [null, alice, bob, alices, foreign].flatMap(
  (principal) => [
    { principal, permission: 'read' },
    { principal, permission: 'write' },
  ],
);
const shared = [
  ...everyGrant.map((grant) => ({ prompt: aPrompt(bob, bob, 'private'), grants: [grant] })),
  { prompt: aPrompt(bob, bob, 'private'), grants: everyGrant },
  { prompt: aPrompt(bob, bob, 'public'), grants: everyGrant },
  { prompt: aPrompt(alice, alice, 'private'), grants: everyGrant },
  ...organizations.map(({ id }) => ({ prompt: aPrompt(id, bob, 'private'), grants: everyGrant })),
  ...organizations.map(({ id }) => ({
    prompt: aPrompt(id, alice, 'private'),
    grants: [{ principal: null, permission: 'write' as const }],
  })),
];
const all = [...prompts, ...shared.map(({ prompt }) => prompt)];

const rights: Partial<Principal>[] = [
  {},
  { via: 'open-webui' },
  { isAdmin: true },
  { isAdmin: true, scopes: new Set(['admin'] as const) },
  { scopes: new Set(['admin'] as const) },
];
const bindings = [
  {},
  ...[bob, alice, ...organizations.map(({ id }) => id)].map((boundOwnerId) => ({ boundOwnerId })),
  ...all.map(({ id }) => ({ boundPromptId: id })),
];
const callers: Caller[] = [
  undefined,
  ...rights.flatMap((right) => bindings.map((binding) => aPrincipal(alice, { ...right, ...binding }))),
];

describe('the readable prompts of a caller', () => {
  let server: SearchDatabase;

  beforeAll(async () => {
    server = await startSearchDatabase();
    await insertUser(server.client, alice, 'alice');
    await insertUser(server.client, bob, 'bob');
    for (const { role, ...organization } of organizations) {
      await insertOrganization(server.client, organization, role === 'stranger' ? {} : { [alice]: role });
    }
    await insertGroup(server.client, alices, [alice, bob]);
    await insertGroup(server.client, foreign, [bob]);
    const deleted = aPrompt(bob, bob, 'private');
    await insertPrompts(server.client, [...all, deleted]);
    for (const { prompt, grants } of [...shared, { prompt: deleted, grants: everyGrant }]) {
      for (const { principal, permission } of grants) await grantTo(server.client, principal, permission, [prompt.id]);
    }
    await server.client.query('update prompt set deleted_at = now() where id = $1', [deleted.id]);
  });

  afterAll(() => server.stop());

  it('are the same in SQL and by the access policy, for every caller and prompt', async () => {
    const guarded = await server.client.query<GuardedRow>(
      `select ${guardedColumns} from prompt p join owner o on o.id = p.owner_id
       left join membership m on m.organization_id = o.id and m.user_id = $1 where p.deleted_at is null`,
      [alice],
    );
    expect(guarded.rows).toHaveLength(all.length);
    for (const caller of callers) {
      const parameters = new Parameters();
      const condition = visibleIn(await new VisibilityScopesService(server.orm.em).of(caller), parameters);
      const found = await server.client.query<{ id: string }>(
        `select id from prompt p where ${condition}`,
        parameters.values,
      );
      const allowed = guarded.rows.map(toGuarded).filter((prompt) => isAllowed(caller, 'read', prompt));
      expect([caller, found.rows.map(({ id }) => id).sort()]).toEqual([
        caller,
        allowed.map(({ promptId }) => promptId).sort(),
      ]);
    }
  });

  it('are in at most one visibility scope without grants, and only public ones in the public scope', async () => {
    for (const caller of callers.filter((each) => !each?.boundPromptId)) {
      const scopes = await new VisibilityScopesService(server.orm.em).of(caller);
      const standing = async (scope: VisibilityScope) => {
        const parameters = new Parameters();
        const text = `select id, visibility from prompt p where ${visibleIn([scope], parameters)}`;
        return (await server.client.query<Pick<PromptRow, 'id' | 'visibility'>>(text, parameters.values)).rows;
      };
      const disjoint = (await Promise.all(scopes.filter(({ reader }) => !reader).map(standing))).flat();
      expect(new Set(disjoint.map(({ id }) => id)).size).toBe(disjoint.length);
      const granted = (await Promise.all(scopes.filter(({ reader }) => reader).map(standing))).flat();
      expect(granted.filter(({ visibility }) => visibility === 'public')).toEqual([]);
    }
  });
});
