import { randomUUID } from 'node:crypto';
import { may } from '../../../src/auth/access/access-policy.js';
import type { Caller } from '../../../src/auth/access/principal.js';
import { guardedColumns, type GuardedRow, toGuarded } from '../../../src/prompts/guarded-prompt.js';
import { Parameters } from '../../../src/prompts/search/parameters.js';
import { ReadableShelves } from '../../../src/prompts/search/readable-shelves.js';
import { visibleTo } from '../../../src/prompts/search/visible-to.js';
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

const rights = [
  {},
  { isAdmin: true },
  { isAdmin: true, scopes: new Set(['admin'] as const) },
  { scopes: new Set(['admin'] as const) },
];
const bindings = [
  {},
  ...[bob, alice, ...organizations.map(({ id }) => id)].map((boundOwnerId) => ({ boundOwnerId })),
  ...prompts.map(({ id }) => ({ boundPromptId: id })),
];
const callers: Caller[] = [
  undefined,
  ...rights.flatMap((right) => bindings.map((binding) => aPrincipal(alice, { ...right, ...binding }))),
];

describe('what a caller may read', () => {
  let server: SearchDatabase;

  beforeAll(async () => {
    server = await startSearchDatabase();
    await insertUser(server.client, alice, 'alice');
    await insertUser(server.client, bob, 'bob');
    for (const { role, ...organization } of organizations) {
      await insertOrganization(server.client, organization, role === 'stranger' ? {} : { [alice]: role });
    }
    await insertPrompts(server.client, [...prompts, aPrompt(alice, alice, 'public')]);
    await server.client.query('update prompt set deleted_at = now() where id <> all ($1)', [
      prompts.map(({ id }) => id),
    ]);
  });

  afterAll(() => server.stop());

  it('is the same in SQL as by the access policy, for every caller and prompt', async () => {
    const guarded = await server.client.query<GuardedRow>(
      `select ${guardedColumns} from prompt p join owner o on o.id = p.owner_id
       left join membership m on m.organization_id = o.id and m.user_id = $1 where p.deleted_at is null`,
      [alice],
    );
    expect(guarded.rows).toHaveLength(44);
    for (const caller of callers) {
      const parameters = new Parameters();
      const condition = visibleTo(await new ReadableShelves(server.database).of(caller), parameters);
      const found = await server.client.query<{ id: string }>(
        `select id from prompt p where ${condition}`,
        parameters.values,
      );
      const allowed = guarded.rows.map(toGuarded).filter((prompt) => may(caller, 'read', prompt));
      expect([caller, found.rows.map(({ id }) => id).sort()]).toEqual([
        caller,
        allowed.map(({ promptId }) => promptId).sort(),
      ]);
    }
  });

  it('names no prompt on two shelves', async () => {
    const { rows: all } = await server.client.query<{ id: string }>('select id from prompt where deleted_at is null');
    for (const caller of callers) {
      const shelves = await new ReadableShelves(server.database).of(caller);
      const counts = await Promise.all(
        shelves.map(async (shelf) => {
          const parameters = new Parameters();
          const text = `select id from prompt p where ${visibleTo([shelf], parameters)}`;
          return (await server.client.query(text, parameters.values)).rows;
        }),
      );
      const ids = counts.flat();
      expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
      expect(ids.length).toBeLessThanOrEqual(all.length);
    }
  });
});
