import { MikroORM } from '@mikro-orm/postgresql';
import { AuditEntry } from '../../src/auth/audit/audit-entry.entity.js';
import { type AuditFilters, scopeValues } from '../../src/auth/audit/audit-scope.js';
import { auditPage, auditScope } from '../../src/auth/audit/audit.queries.js';
import type { AuditEntryRepository } from '../../src/auth/audit/audit-entry.repository.js';
import { type PlanNode, planOf, rowsReadBy } from '../support/plans/query-plan.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

const total = 100_000;

// 100 prompts with 900 entries each, one act a minute, the last of them now; of 50 users one left after the first 2000.
const seed = [
  `insert into owner (id, kind, slug) select gen_random_uuid(), 'user', 'seeded-' || n from generate_series(0, 49) n`,
  `insert into account (id, email, password_hash, role)
   select id, slug || '@example.com', '', 'user' from owner where slug ~ '^seeded-'`,
  `insert into prompt (id, owner_id, name, description, visibility, created_by)
   select gen_random_uuid(), a.id, 'prompt-' || n, '', 'public', a.id
   from generate_series(0, 99) n, account a join owner o on o.id = a.id where o.slug = 'seeded-0'`,
  `insert into audit_entry (at, actor_id, protocol, action, subject_type, subject, prompt_id, details)
   select now() - make_interval(mins => ${total} - n), o.id,
          case when n % 1000 = 1 then 'conductor' else 'registry' end,
          case when n % 1000 = 2 then 'label.delete' when n % 1000 = 3 then 'grants.set' else 'label.move' end,
          case when n % 1000 = 3 then 'grant' else 'label' end,
          'production', p.id, '{}'
   from generate_series(1, ${total}) n
   join owner o on o.slug = 'seeded-' || case when n <= 2000 then 49 else n % 49 end
   left join prompt p on p.name = 'prompt-' || (n % 1000) / 9 and n % 1000 < 900
   order by n`,
  'analyze owner, account, prompt, audit_entry',
];

let server: OpenTestServer;
let promptId: string;
let ownerId: string;
beforeAll(async () => {
  server = await startOpenTestServer();
  for (const statement of seed) await server.database.pool.query(statement);
  const { rows } = await server.database.pool.query<{ id: string; owner_id: string }>(
    `select id, owner_id from prompt where name = 'prompt-7'`,
  );
  [promptId, ownerId] = [rows[0]?.id ?? '', rows[0]?.owner_id ?? ''];
});
afterAll(() => server.stop());

/** Every node of the plans by which the scope and the page were really read. */
async function plansOf(filters: AuditFilters, limit: number, before?: number): Promise<PlanNode[]> {
  const entries: AuditEntryRepository = server.app.get(MikroORM, { strict: false }).em.getRepository(AuditEntry);
  const scope = await entries.scopeOf(filters);
  const ofScope = await planOf(server, { text: auditScope }, scopeValues(filters));
  if (!scope) return ofScope;
  const { text, values } = auditPage(scope, limit, before);
  return [...ofScope, ...(await planOf(server, { text }, values))];
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
/**
 * Entries that are read besides the wanted ones: those of an hour at each end of a range, one a minute, and the ends
 * themselves.
 */
const margin = 122;

const pages: [string, () => AuditFilters][] = [
  ['everything', () => ({})],
  ['a prompt by its id', () => ({ prompt: promptId })],
  ['a prompt by its name', () => ({ prompt: 'seeded-0/prompt-7' })],
  ['a prompt by its name and its owner’s id', () => ({ prompt: `${ownerId}/prompt-7` })],
  ['a prompt that is none', () => ({ prompt: 'seeded-0/nothing' })],
  ['an actor', () => ({ actor: 'seeded-7' })],
  ['an actor who left long ago', () => ({ actor: 'seeded-49' })],
  ['an actor who is none', () => ({ actor: 'nobody' })],
  ['a common action', () => ({ action: 'label.move' as const })],
  ['a rare action', () => ({ action: 'label.delete' as const })],
  ['an action that never happened', () => ({ action: 'user.create' as const })],
  ['actions by a rare first word', () => ({ action: 'grants' as const })],
  ['actions by a common first word', () => ({ action: 'label' as const })],
  ['a common protocol', () => ({ protocol: 'registry' })],
  ['a rare protocol', () => ({ protocol: 'conductor' })],
  ['the last days', () => ({ from: daysAgo(3) })],
  ['what is long ago', () => ({ to: daysAgo(60) })],
  ['a day long ago', () => ({ from: daysAgo(61), to: daysAgo(60) })],
  ['two minutes long ago', () => ({ from: daysAgo(60), to: daysAgo(60 - 2 / 1440) })],
  ['the time before it all', () => ({ to: daysAgo(1000) })],
  ['the time to come', () => ({ from: daysAgo(-1000) })],
  ['a prompt long ago', () => ({ prompt: promptId, from: daysAgo(50), to: daysAgo(40) })],
  ['an actor long ago', () => ({ actor: 'seeded-7', to: daysAgo(60) })],
];

const limit = 51;

/** How many entries were read, all by index. */
function entriesRead(plan: readonly PlanNode[]): number {
  const scans = plan.filter((node) => node['Relation Name'] === 'audit_entry');
  expect(scans.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
  return scans.reduce((sum, node) => sum + rowsReadBy(node), 0);
}

it.each(pages)('reads a page of %s by index, and only the rows that it shows', async (_what, filters) => {
  expect(entriesRead(await plansOf(filters(), limit))).toBeLessThanOrEqual(limit + margin);
});

it.each([[{}], [{ action: 'label' }], [{ actor: 'seeded-7' }], [{ protocol: 'registry' }]] as [AuditFilters][])(
  'reads a page in the middle of %j like the first',
  async (filters) => {
    expect(entriesRead(await plansOf(filters, limit, total / 2))).toBeLessThanOrEqual(limit);
  },
);

it('sorts only the rows that it shows', async () => {
  for (const [, filters] of pages) {
    const sorts = (await plansOf(filters(), limit)).filter((node) => node['Node Type'].includes('Sort'));
    const sorted = sorts.flatMap((node) => (node.Plans ?? []).map(rowsReadBy));
    expect(Math.max(0, ...sorted)).toBeLessThanOrEqual(limit + margin);
  }
});
