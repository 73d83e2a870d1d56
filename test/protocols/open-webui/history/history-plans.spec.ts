import { historyPage } from '../../../../src/history/entries/history-entries.queries.js';
import { planOf, rowsOf } from '../../../support/plans/query-plan.js';
import { seedWithoutTriggers } from '../../../support/plans/seed-without-triggers.js';
import { startTestServer, type TestServer } from '../../../support/test-server.js';

// Two prompts with 10 000 revisions each, half of the second one's hidden, 5 000 in a row; and a thousand others.
const [whole, gapped] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
const seed = [
  `insert into prompt (id, owner_id, name, description, visibility, created_by, revision_count)
   select seeded.id, a.id, 'seeded-' || n, 'Seeded.', 'private', a.id, 10000
   from account a, unnest(array['${whole}', '${gapped}']::uuid[]) with ordinality seeded (id, n)`,
  `insert into prompt (id, owner_id, name, description, visibility, created_by, revision_count)
   select gen_random_uuid(), a.id, 'other-' || n, 'Seeded.', 'private', a.id, 25
   from account a, generate_series(1, 1000) n`,
  `insert into revision (id, prompt_id, number, parent, digest, name, content, syntax, variables, declared_variables,
                         settings, data, meta, tags, grants, commit_message, author_id, created_at)
   select gen_random_uuid(), p.id, n, nullif(n - 1, 0), repeat('0', 64), p.name, repeat('Text ' || n, 50), 'braces', '[]',
          0, '{}', '{}', '{}', '{}', '[]', '', p.created_by, now()
   from prompt p, generate_series(1, p.revision_count) n`,
  `insert into label (prompt_id, name, revision, created_at, created_by, moved_at, moved_by)
   select id, 'production', revision_count, now(), created_by, now(), created_by from prompt`,
  `insert into hidden_revision (prompt_id, number, hidden_by)
   select id, n, created_by from prompt, generate_series(3000, 7999) n where id = '${gapped}'`,
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await seedWithoutTriggers(server, ['prompt', 'revision', 'label', 'hidden_revision'], seed);
}, 300_000);
afterAll(() => server.stop());

const planOfPage = (promptId: string, offset: number) => planOf(server, { text: historyPage }, [promptId, offset]);

it.each([
  ['the first page', whole, 0, 60],
  ['the last page', whole, 9980, 10_060],
  ['the first page above hidden ones', gapped, 0, 60],
  ['the page that they are a gap in', gapped, 1990, 10_060],
])('reads %s by index, and only the needed rows', async (_, promptId, offset, maxRows) => {
  const plan = await planOfPage(promptId, offset);
  expect(plan.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'revision')).toEqual([]);
  expect(rowsOf(plan, 'revision')).toBeLessThanOrEqual(maxRows);
});

it('skips thousands of hidden ancestors in one step', async () => {
  const plan = await planOfPage(gapped, 1990);
  const [steps] = plan.filter((node) => node['Node Type'] === 'WorkTable Scan');
  // A step for each entry, and another look whether there is one more to take.
  expect(steps?.['Actual Loops']).toBe(40);
  const { rows } = await server.database.pool.query<{ number: number; parent: number }>(
    `select shown.number, r.number as parent from (${historyPage}) shown join revision r on r.id = shown."parentId"
     where shown.number = 8000`,
    [gapped, 1990],
  );
  expect(rows).toEqual([{ number: 8000, parent: 2999 }]);
});
