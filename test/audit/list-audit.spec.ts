import { randomUUID } from 'node:crypto';
import { call } from '../support/api.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { entries, type Entry, seedEntries, walk } from './audit-entries.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server, { username: 'alice' });
  prompt = await aPrompt(server, 'support').ownedBy(alice).make();
});
afterAll(() => server.stop());

const ask = (query: string) => call(server, 'GET', `/v1/audit?${query}`, { token: server.adminKey });
const actionsOf = (found: readonly Entry[]) => [...new Set(found.map(({ action }) => action))].sort();
const idsOf = (found: readonly Entry[]) => found.map(({ id }) => id);

describe('pages', () => {
  beforeAll(() => seedEntries(server, { count: 230 }));

  it('have 50 entries by default', async () => {
    expect((await ask('')).body.items).toHaveLength(50);
    expect((await ask('limit=7')).body.items).toHaveLength(7);
  });

  it('cover everything, newest first, through links that keep the filters', async () => {
    const query = 'action=label.move&actor=admin&protocol=registry&from=2020-01-01T00%3A00%3A00%2B02%3A00&limit=100';
    const pages = await walk(server, query);
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 30]);
    expect(pages.flat().map(({ details }) => details.n)).toEqual(
      Array.from({ length: 230 }, (_, index) => 230 - index),
    );
  });

  it('neither repeat nor skip entries while new ones arrive', async () => {
    const before = (await walk(server, 'limit=100')).flat();
    const pages = await walk(server, 'limit=20', {}, () => aPrompt(server).ownedBy(alice).make());
    expect(idsOf(pages.flat())).toEqual(idsOf(before));
  });

  it('have no link behind the last page, even if that is full', async () => {
    const all = (await walk(server, 'action=label.move&limit=46')).map(({ length }) => length);
    expect(all).toEqual([46, 46, 46, 46, 46]);
  });
});

describe('filters', () => {
  it.each([
    ['prompt.create', ['prompt.create']],
    ['prompt', ['prompt.create', 'prompt.delete', 'prompt.update']],
    ['user', ['user.create']],
    ['grants', []],
    ['group.member.add', []],
  ])('by action %s', async (action, expected) => {
    const doomed = await aPrompt(server).ownedBy(alice).make();
    await call(server, 'PATCH', doomed.idPath, { token: alice.key, json: { title: 'T' } });
    await call(server, 'DELETE', doomed.idPath, { token: alice.key });
    expect(actionsOf(await entries(server, `action=${action}`))).toEqual(expected);
  });

  it('by the first word of actions whose subject has another name', async () => {
    await server.database.pool.query(
      `insert into audit_entry (protocol, action, subject_type, subject, details)
       values ('conductor', 'grants.set', 'grant', 'alice/support', '{}')`,
    );
    expect(actionsOf(await entries(server, 'action=grants'))).toEqual(['grants.set']);
    expect(actionsOf(await entries(server, 'action=grants.set&protocol=conductor'))).toEqual(['grants.set']);
    expect(await entries(server, 'action=grants&protocol=registry')).toEqual([]);
  });

  it.each(['alice', 'ALICE', 'the id of alice'])('by actor: %s', async (who) => {
    const found = await entries(server, `actor=${who.startsWith('the') ? alice.id : who}`);
    expect(new Set(found.map(({ actor }) => actor))).toEqual(new Set(['alice']));
  });

  it.each(['nobody', 'workspace', randomUUID(), 'no slug at all', "'; drop table audit_entry; --"])(
    'by an unknown actor: %s',
    async (who) => {
      expect(await entries(server, `actor=${encodeURIComponent(who)}`)).toEqual([]);
    },
  );

  it('by prompt: by owner and name until it is deleted, by its id always', async () => {
    const doomed = await aPrompt(server, 'doomed').ownedBy(alice).make();
    const of = (text: string) => entries(server, `prompt=${encodeURIComponent(text)}`);
    expect(actionsOf(await of('alice/doomed'))).toEqual(['prompt.create']);
    expect(actionsOf(await of(`${alice.id}/doomed`))).toEqual(['prompt.create']);
    await call(server, 'DELETE', doomed.idPath, { token: alice.key });
    expect(await of('alice/doomed')).toEqual([]);
    const after = await of(doomed.id);
    expect(after.map(({ action }) => action)).toEqual(['prompt.delete', 'prompt.create']);
    expect(after[0]).toMatchObject({ prompt: 'alice/doomed', prompt_id: doomed.id });
    const second = await aPrompt(server, 'doomed').ownedBy(alice).make();
    expect((await of('alice/doomed')).map(({ prompt_id }) => prompt_id)).toEqual([second.id]);
  });

  it.each(['alice/nothing', 'nobody/support', randomUUID(), 'alice/a/b', 'alice/a\u2028b'])(
    'by an unknown prompt: %s',
    async (text) => {
      expect(await entries(server, `prompt=${encodeURIComponent(text)}`)).toEqual([]);
    },
  );

  it('by time: `from` is included, `to` is not, in any offset', async () => {
    await seedEntries(server, { count: 10, minutesApart: 60, promptId: prompt.id, subject: 'hourly' });
    const hourly = (await entries(server, `prompt=${prompt.id}&action=label`)).reverse();
    const at = (index: number) => hourly[index]?.at ?? '';
    const within = async (from: string, to: string) => {
      const query = new URLSearchParams({ prompt: prompt.id, action: 'label', from, to });
      return idsOf(await entries(server, query.toString())).reverse();
    };
    expect(hourly).toHaveLength(10);
    expect(await within(at(3), at(6))).toEqual(idsOf(hourly.slice(3, 6)));
    expect(await within('0000-01-01T00:00:00Z', at(1))).toEqual(idsOf(hourly.slice(0, 1)));
    expect(await within(at(9), '9999-12-31T23:59:59-14:00')).toEqual(idsOf(hourly.slice(9)));
    expect(await within('0000-01-01T00:00:00+14:00', '9999-12-31T23:59:59Z')).toEqual(idsOf(hourly));
    expect(await within(at(3), at(3))).toEqual([]);
    const inHalifax = new Date(Date.parse(at(3)) - 4 * 3_600_000).toISOString().replace('Z', '-04:00');
    expect(await within(inHalifax, at(5))).toEqual(idsOf(hourly.slice(3, 5)));
  });

  it('by time find entries that were recorded out of order', async () => {
    // Long transactions begin before others that are recorded before them.
    const minutes = [-300, -290, -250, -270, -245, -200, -230, -210, -180];
    await server.database.pool.query(
      `insert into audit_entry (at, protocol, action, subject_type, subject, details)
       select '2099-06-01T12:00:00Z'::timestamptz + make_interval(mins => m), 'open-webui', 'label.move', 'label', m::text, '{}'
       from unnest($1::int[]) with ordinality u (m, n) order by n`,
      [minutes],
    );
    const time = (minute: number) => new Date(Date.parse('2099-06-01T12:00:00Z') + minute * 60_000).toISOString();
    for (const from of minutes) {
      for (const to of minutes.filter((minute) => minute > from)) {
        const found = await entries(server, `protocol=open-webui&from=${time(from)}&to=${time(to)}`);
        const expected = minutes.filter((minute) => minute >= from && minute < to).reverse();
        expect(found.map(({ subject }) => Number(subject))).toEqual(expected);
      }
    }
  });

  it.each([
    ['action', 'labels'],
    ['action', 'label.'],
    ['action', 'toString'],
    ['actor', ''],
    ['actor', 'x'.repeat(65)],
    ['actor', 'a\0b'],
    ['protocol', 'http'],
    ['from', 'yesterday'],
    ['from', '2026-01-01'],
    ['from', '2026-02-30T00:00:00Z'],
    ['to', '2026-01-01T00:00:00'],
    ['prompt', 'support'],
    ['prompt', '/support'],
    ['prompt', 'alice/'],
    ['cursor', 'x'],
    ['cursor', ''],
    ['cursor', Buffer.from('1 or 1=1').toString('base64url')],
    ['limit', '0'],
    ['limit', '101'],
    ['limit', 'all'],
  ])('%s=%j is refused', async (field, value) => {
    const { status, body } = await ask(new URLSearchParams({ [field]: value }).toString());
    expect([status, body.error, Object.keys(body.details)]).toEqual([422, 'VALIDATION_ERROR', [field]]);
  });

  it('are all refused together, each with its problem', async () => {
    const { status, body } = await ask(
      'action=x&protocol=x&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z&prompt=x&cursor=x&limit=x',
    );
    expect([status, body.details]).toEqual([
      422,
      {
        action: expect.stringMatching(/^must be one of prompt\.create, .*, integration$/),
        protocol: 'must be one of registry, conductor, open-webui, command-line, server',
        from: 'must not be after to',
        prompt: 'must be owner/name or an id',
        cursor: 'must come from a Link header',
        limit: 'must be a number',
      },
    ]);
  });
});
