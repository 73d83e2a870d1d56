import { AuditRecorder } from '../../src/auth/audit/audit-recorder.js';
import { call } from '../support/api.js';
import { aUser } from '../support/users.js';
import { aPrompt } from '../support/prompts.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';
import { entries, recordedBy } from './audit-entries.js';

let server: OpenTestServer;
beforeAll(async () => {
  server = await startOpenTestServer();
});
afterAll(() => server.stop());

describe.each(['audit_entry', 'label_move'])('%s', (table) => {
  const column = { audit_entry: 'subject', label_move: 'label' }[table];

  it.each([`update ${table} set ${column} = 'forged'`, `delete from ${table}`, `truncate ${table}`])(
    'refuses: %s',
    async (statement) => {
      await aPrompt(server).make();
      const before = await entries(server);
      await expect(server.database.pool.query(statement)).rejects.toThrow(`${table} only grows`);
      expect(await entries(server)).toEqual(before);
    },
  );
});

it('records nothing outside of a transaction, because an entry must not exist without its action', async () => {
  const ledger = server.app.get(AuditRecorder, { strict: false });
  const recorded = await recordedBy(server, async () => {
    const act = { action: 'prompt.create', subject: 'nobody/nothing' } as const;
    await expect(ledger.record('server', act)).rejects.toThrow('prompt.create is recorded outside of its transaction');
  });
  expect(recorded).toEqual([]);
});

it('causes no deadlock: two admins who change each other at the same time both succeed', async () => {
  const [ann, ben] = [await aUser(server, { role: 'admin' }), await aUser(server, { role: 'admin' })];
  const change = (by: string, id: string, round: number) =>
    call(server, 'PATCH', `/v1/users/${id}`, { token: by, json: { email: `${id}-${round}@example.com` } });
  for (let round = 0; round < 30; round += 1) {
    const answers = await Promise.all([change(ann.key, ben.id, round), change(ben.key, ann.id, round)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  }
});
