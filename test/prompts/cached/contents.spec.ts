import { jest } from '@jest/globals';
import { eventually } from '../../support/api.js';
import { recordStatements } from '../../support/plans/sent-statements.js';
import { startOpenTestServer, type OpenTestServer } from '../../support/test-server.js';
import { aTemplate, saveTemplate } from '../../protocols/conductor/templates.js';
import { asCommand, type Command, formOf, openWebUi } from '../../protocols/open-webui/commands.js';
import { aPrivatePrompt, grantTo, maxStaleMs, type PrivatePrompt, staleMs, type Way, ways } from './private-prompt.js';

let server: OpenTestServer;
let prompt: PrivatePrompt;
beforeAll(async () => {
  server = await startOpenTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aPrivatePrompt(server);
});
afterEach(() => jest.restoreAllMocks());

const read = (way: Way) => prompt.read(way, prompt.ownerKey);
const client = () => openWebUi(server, prompt.ownerKey);
const command = async (): Promise<Command> => asCommand(await client().get(prompt.id));

/** How often the database is asked while the same is read again and again. */
async function statementsOf(way: Way): Promise<number> {
  const statements = recordStatements(server);
  for (let i = 0; i < 20; i += 1) await read(way);
  statements.stop();
  return statements.sent.length;
}

it.each(ways)('takes one statement, and then is answered from memory: %s', async (way) => {
  const statements = recordStatements(server);
  await read(way);
  const besides = ['principal-by', 'downloads-to-roll-up'];
  const asked = statements.sent.filter(({ name }) => !besides.some((start) => name?.startsWith(start)));
  statements.stop();
  expect(asked).toHaveLength(1);
  const first = await read(way);
  expect(first.status).toBe(200);
  // A busy machine hears of changes later, and the database is asked then.
  const times = await eventually(
    () => statementsOf(way),
    (count) => count <= 1,
    30_000,
  );
  expect(times).toBeLessThanOrEqual(1);
  const again = await read(way);
  expect([again.text, again.headers.get('etag')]).toEqual([first.text, first.headers.get('etag')]);
});

interface Change {
  readonly here: () => Promise<unknown>;
  /** The same by a statement of another process. */
  readonly elsewhere?: string;
  readonly way: Way;
  /** What a read shows, and what it is afterwards. */
  readonly shown: (body: Readonly<Record<string, unknown>>) => unknown;
  readonly expected: unknown;
}

const save = (text: string) => saveTemplate(server, prompt.ownerKey, prompt.name, text);
const changes: Readonly<Record<string, Change>> = {
  'a text, saved by Conductor': {
    here: () => save('Two ${x}'),
    way: 'conductor',
    shown: ({ template }) => template,
    expected: 'Two ${x}',
  },
  'a text, saved by Conductor and read on Open WebUI': {
    here: () => save('Two ${x}'),
    way: 'open-webui',
    shown: ({ content }) => content,
    expected: 'Two {{x}}',
  },
  'a text, saved by Open WebUI and read on Conductor': {
    here: async () => client().update(prompt.id, { ...formOf(await command()), content: 'Three {{x}}' }),
    way: 'conductor',
    shown: ({ template }) => template,
    expected: 'Three ${x}',
  },
  'the name, changed by Open WebUI': {
    here: async () => {
      const { command: same, tags } = await command();
      return client().updateMeta(prompt.id, { name: 'Other', command: same, tags });
    },
    elsewhere: `update prompt set title = 'Other' where id = $1`,
    way: 'open-webui, by command',
    shown: (body) => body.name,
    expected: 'Other',
  },
  'the switch of Open WebUI': {
    here: () => client().toggle(prompt.id),
    elsewhere: 'update prompt set is_active = not is_active where id = $1',
    way: 'open-webui',
    shown: ({ is_active }) => is_active,
    expected: false,
  },
  'tags, changed on /v1': {
    here: () => prompt.patch({ tags: ['new'] }),
    elsewhere: `update prompt set tags = '{new}' where id = $1`,
    way: 'conductor',
    shown: ({ tags }) => (tags as { key: string }[]).map(({ key }) => key),
    expected: ['new'],
  },
  'grants, set on /v1': {
    here: () => prompt.setGrants(grantTo(prompt.alice.id, 'read')),
    elsewhere: `insert into prompt_grant (id, prompt_id, principal_type, principal_id, permission, created_at)
      values (gen_random_uuid(), $1, 'user', null, 'read', now())`,
    way: 'open-webui',
    shown: ({ access_grants }) => (access_grants as unknown[]).length,
    expected: 1,
  },
  'production, moved on /v1': {
    here: async () => {
      await save('Two ${x}');
      await read('open-webui');
      return prompt.v1('PUT', '/labels/production', { revision: 1 });
    },
    way: 'open-webui',
    shown: ({ content }) => content,
    expected: 'One {{x}}',
  },
};

const all = Object.entries(changes);
const byStatement = all.flatMap(([title, { elsewhere, ...change }]) =>
  elsewhere ? [{ title, elsewhere, ...change }] : [],
);

it.each(all)('is shown at once on the process that made it: %s', async (_, { here, way, shown, expected }) => {
  await read(way);
  await here();
  expect(shown((await read(way)).body)).toEqual(expected);
});

it.each(byStatement)('is shown within 200 ms after another process made it: $title', async (change) => {
  const { elsewhere, way, shown, expected } = change;
  const now = async () => JSON.stringify(shown((await read(way)).body));
  await now();
  await prompt.sql(elsewhere, prompt.id);
  expect(await staleMs(now, (value) => value === JSON.stringify(expected))).toBeLessThan(maxStaleMs);
});

it('is not found by its old name at once, and another prompt is when that gets the name', async () => {
  await prompt.statuses(prompt.ownerKey);
  const { name, tags } = await command();
  await client().updateMeta(prompt.id, { name, command: `${prompt.name}-renamed`, tags });
  expect(await prompt.statuses(prompt.ownerKey)).toEqual([404, 404, 200, 404]);
  await aTemplate(server, prompt.ownerKey, prompt.name, 'Another');
  expect((await read('conductor')).body.template).toBe('Another');
});
