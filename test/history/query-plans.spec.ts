import { statements } from '../../src/history/resolve/resolve.queries.js';
import { call } from '../support/api.js';
import { planOf, rowsOf } from '../support/plans/query-plan.js';
import { recordStatements } from '../support/plans/sent-statements.js';
import { seedWithoutTriggers } from '../support/plans/seed-without-triggers.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

// 100 000 prompts with a revision each, and of the first thousand 25, ten of them released.
const seed = [
  `insert into prompt (id, owner_id, name, description, visibility, created_by, revision_count)
   select gen_random_uuid(), a.id, 'seeded-' || n, 'Seeded.', 'public', a.id, case when n < 1000 then 25 else 1 end
   from generate_series(1, 100000) n, account a`,
  `insert into revision (id, prompt_id, number, parent, digest, name, content, syntax, variables, declared_variables,
                         settings, data, meta, tags, grants, commit_message, author_id, created_at)
   select gen_random_uuid(), p.id, n, nullif(n - 1, 0), repeat('0', 64), p.name, 'Text ' || n, 'braces', '[]', 0, '{}',
          '{}', '{}', '{}', '[]', '', p.created_by, timestamptz '2026-01-01' + make_interval(hours => n)
   from prompt p, generate_series(1, p.revision_count) n`,
  `insert into label (prompt_id, name, revision, created_at, created_by, moved_at, moved_by)
   select id, 'production', 1, now(), created_by, now(), created_by from prompt`,
  `insert into label_move (prompt_id, label, to_revision, moved_at, moved_by, protocol)
   select prompt_id, 'production', number, created_at, author_id, 'registry' from revision`,
  `insert into release (prompt_id, version, major, minor, patch, revision)
   select prompt_id, number || '.0.0', number, 0, 0, number from revision where number <= 10`,
];

let server: OpenTestServer;
beforeAll(async () => {
  server = await startOpenTestServer();
  await seedWithoutTriggers(server, ['prompt', 'revision', 'label', 'label_move', 'release'], seed);
}, 300_000);
afterAll(() => server.stop());

const path = [null, 'admin', null, 'seeded-500'];
const anyBelow5 = [[0], [0], [0], [5], [0], [0]];

it.each([
  ['a label', statements.label, ['production'], '?label=production', 1],
  [
    'a label of some time',
    statements.labelAt,
    ['production', '2026-01-01T12:00:00Z'],
    '?label=production&at=2026-01-01T12:00:00Z',
    12,
  ],
  ['the newest', statements.latest, [null], '?label=latest', 25],
  ['a revision', statements.revision, [7], '?revision=7', 7],
  ['a version', statements.version, ['3.0.0'], '?version=3.0.0', 3],
  ['a range', statements.range, anyBelow5, '?version=%3C5', 4],
])(
  'resolves %s with one statement, by index, from the rows that it needs',
  async (_what, statement, values, query, number) => {
    const plan = await planOf(server, statement, [...path, ...values]);
    expect(plan.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'owner')).toEqual([]);
    expect([rowsOf(plan, 'prompt'), rowsOf(plan, 'revision')].every((rows) => rows <= 2)).toBe(true);
    expect(rowsOf(plan, 'label_move') + rowsOf(plan, 'label') + rowsOf(plan, 'release')).toBeLessThanOrEqual(10);

    const recorded = recordStatements(server);
    const { body } = await call(server, 'GET', `/v1/prompts/admin/seeded-500/resolve${query}`);
    const names = recorded.sent.map(({ name }) => name).filter((name) => name !== 'downloads-to-roll-up');
    recorded.stop();
    expect([body['number'], names]).toEqual([number, [statement.name]]);
  },
);
