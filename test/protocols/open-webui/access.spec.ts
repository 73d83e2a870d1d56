import { randomUUID } from 'node:crypto';
import { operations as documentedOperations } from '../../openapi/document.js';
import type { ApiAnswer } from '../../support/api.js';
import { aGroup, type TestGroup } from '../../support/grants.js';
import { aUser, type TestUser } from '../../support/users.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { aCommand, base, type Command, formOf, type GrantInput, type OpenWebUi, openWebUi } from './commands.js';
import { historyOf, notFound, prohibited, refusal } from './entries.js';
import { signIn } from './sessions/sessions.js';

/* in, out: whether the prompt is in what is listed; ok: done. NF, AP: not found, prohibited; NS: may not share;
   TK: the command is taken; NA: not authenticated. All prompts are private, and belong to the workspace. */
const table = `
route                              creator reads writes both group-reads group-writes everybody stranger pending admin anonymous
GET /                              in      in    out    in   in          out          in        out      AP      in    NA
GET /tags                          in      in    out    in   in          out          in        out      AP      in    NA
GET /list                          in      in    out    in   in          out          in        out      AP      in    NA
GET /list?query                    in      in    out    in   in          out          in        out      AP      in    NA
GET /list?tag                      in      in    out    in   in          out          in        out      AP      in    NA
GET /list?view_option=created      in      out   out    out  out         out          out       out      AP      out   NA
GET /list?view_option=shared       out     in    out    in   in          out          in        out      AP      in    NA
GET /command/{command}             ok      ok    AP     ok   ok          AP           ok        AP       AP      ok    NA
GET /id/{id}                       ok      ok    NF     ok   ok          NF           ok        NF       AP      ok    NA
GET /id/{id}/history               ok      ok    AP     ok   ok          AP           ok        AP       AP      ok    NA
GET /id/{id}/history/{hid}         ok      ok    AP     ok   ok          AP           ok        AP       AP      ok    NA
GET /id/{id}/history/diff          ok      ok    AP     ok   ok          AP           ok        AP       AP      ok    NA
POST /create                       ok      ok    ok     ok   ok          ok           ok        ok       AP      ok    NA
POST /create, of its command       TK      TK    TK     TK   TK          TK           TK        TK       AP      TK    NA
POST /id/{id}/update               ok      AP    ok     ok   AP          ok           AP        AP       AP      ok    NA
POST /id/{id}/update, a draft      ok      AP    ok     ok   AP          ok           AP        AP       AP      ok    NA
POST /id/{id}/update, with grants  ok      AP    NS     NS   AP          NS           AP        AP       AP      ok    NA
POST /id/{id}/update/meta          ok      AP    AP     ok   AP          AP           AP        AP       AP      ok    NA
POST /id/{id}/update/version       ok      AP    ok     ok   AP          ok           AP        AP       AP      ok    NA
POST /id/{id}/access/update        ok      AP    NS     NS   AP          NS           AP        AP       AP      ok    NA
POST /id/{id}/toggle               ok      AP    NS     NS   AP          NS           AP        AP       AP      ok    NA
DELETE /id/{id}/history/{hid}      ok      AP    ok     ok   AP          ok           AP        AP       AP      ok    NA
DELETE /id/{id}/delete             ok      AP    ok     ok   AP          ok           AP        AP       AP      ok    NA
`;
const [head = '', ...lines] = table.trim().split('\n');
const actors = head.split(/ +/).slice(1);
const rows = lines.map((line) => {
  const [, route = '', cells = ''] = /^(.*?) {2,}(.*)$/.exec(line) ?? [];
  return { route, cells: Object.fromEntries(cells.split(/ +/).map((cell, column) => [actors[column] ?? '', cell])) };
});

/** A prompt to ask for: its live text and a draft, with a word and a tag that no other one has. */
interface Target {
  readonly prompt: Command;
  readonly word: string;
  readonly draftId: string;
}
type Ask = (client: OpenWebUi, target: Target) => Promise<ApiAnswer>;

const readableBySignedInUsers: GrantInput = { principal_type: 'user', principal_id: '*', permission: 'read' };
const changed = ({ prompt }: Target) => ({ ...formOf(prompt), content: 'Changed' });

const operations: Readonly<Record<string, Ask>> = {
  'GET /command/{command}': (client, { prompt }) => client.byCommand(prompt.command),
  'GET /id/{id}': (client, { prompt }) => client.get(prompt.id),
  'GET /id/{id}/history': (client, { prompt }) => client.history(prompt.id),
  'GET /id/{id}/history/{hid}': (client, { prompt, draftId }) => client.entry(prompt.id, draftId),
  'GET /id/{id}/history/diff': (client, { prompt, draftId }) => client.diff(prompt.id, prompt.version_id, draftId),
  'POST /create': (client) => client.create({ command: randomUUID(), name: 'Made', content: '' }),
  'POST /create, of its command': (client, target) => client.create(changed(target)),
  'POST /id/{id}/update': (client, target) => client.update(target.prompt.id, changed(target)),
  'POST /id/{id}/update, a draft': (client, target) =>
    client.update(target.prompt.id, { ...changed(target), is_production: false }),
  'POST /id/{id}/update, with grants': (client, target) =>
    client.update(target.prompt.id, {
      ...changed(target),
      access_grants: [readableBySignedInUsers, { ...readableBySignedInUsers, permission: 'write' }],
    }),
  'POST /id/{id}/update/meta': (client, { prompt }) => client.updateMeta(prompt.id, { ...formOf(prompt), name: 'New' }),
  'POST /id/{id}/update/version': (client, { prompt, draftId }) => client.setVersion(prompt.id, draftId),
  'POST /id/{id}/access/update': (client, { prompt }) => client.share(prompt.id, []),
  'POST /id/{id}/toggle': (client, { prompt }) => client.toggle(prompt.id),
  'DELETE /id/{id}/history/{hid}': (client, { prompt, draftId }) => client.deleteEntry(prompt.id, draftId),
  'DELETE /id/{id}/delete': (client, { prompt }) => client.delete(prompt.id),
};
type List = (client: OpenWebUi, word: string, page: string) => Promise<ApiAnswer>;
const lists: Readonly<Record<string, List>> = {
  'GET /': (client) => client.list(),
  'GET /tags': (client) => client.tags(),
  'GET /list': (client, _, page) => client.search({ page }),
  'GET /list?query': (client, word, page) => client.search({ page, query: word }),
  'GET /list?tag': (client, word, page) => client.search({ page, tag: word }),
  'GET /list?view_option=created': (client, _, page) => client.search({ page, view_option: 'created' }),
  'GET /list?view_option=shared': (client, _, page) => client.search({ page, view_option: 'shared' }),
};

let server: TestServer;
let creator: TestUser;
let bob: TestUser;
let pending: TestUser;
let group: TestGroup;
let clients: Readonly<Record<string, OpenWebUi>>;
beforeAll(async () => {
  server = await startTestServer();
  [creator, bob] = [await aUser(server), await aUser(server)];
  pending = await aUser(server, { role: 'pending' });
  group = await aGroup(server, [bob]);
  const [bobsClient, admins] = [openWebUi(server, bob.key), openWebUi(server, server.adminKey)];
  const { body: session } = await signIn(server, { email: pending.email, password: pending.password });
  const others = { pending: openWebUi(server, session.token), admin: admins, anonymous: openWebUi(server) };
  // Whom something is granted to is always the same person: only the grants tell.
  const everyone = Object.fromEntries(actors.map((actor) => [actor, bobsClient]));
  clients = { ...everyone, creator: openWebUi(server, creator.key), ...others };
});
afterAll(() => server.stop());

function grantsFor(actor: string): GrantInput[] {
  const to = (principal_type: string, principal_id: string, ...permissions: string[]) =>
    permissions.map((permission) => ({ principal_type, principal_id, permission }));
  const grants: Readonly<Record<string, GrantInput[]>> = {
    reads: to('user', bob.id, 'read'),
    writes: to('user', bob.id, 'write'),
    both: to('user', bob.id, 'read', 'write'),
    'group-reads': to('group', group.id, 'read'),
    'group-writes': to('group', group.id, 'write'),
    everybody: [readableBySignedInUsers],
    pending: [...to('user', pending.id, 'read', 'write'), readableBySignedInUsers],
  };
  return grants[actor] ?? [];
}

const clientOf = (actor: string): OpenWebUi => clients[actor] ?? openWebUi(server);
const alicesClient = () => clientOf('creator');

async function aTarget(actor: string): Promise<Target> {
  const word = `word-${randomUUID()}`;
  const wanted = grantsFor(actor);
  const prompt = await aCommand(alicesClient(), { content: `Say ${word}.`, tags: [word], access_grants: wanted });
  expect(prompt.access_grants).toHaveLength(wanted.length);
  await alicesClient().update(prompt.id, { ...formOf(prompt), content: 'A draft', is_production: false });
  const [draft] = await historyOf(alicesClient(), prompt.id);
  return { prompt, word, draftId: draft?.id ?? '' };
}

const refusals = new Map(
  Object.entries({
    NF: notFound,
    AP: prohibited,
    NS: [403, 'You do not have permission to share with the requested audience'],
    TK: [400, 'Uh-oh! This command is already registered. Please choose another command string.'],
    NA: [401, 'Not authenticated'],
  }).map(([cell, [status, detail]]) => [`${status} ${detail}`, cell]),
);

/** How the table writes it. */
function cellOf(answer: ApiAnswer): string {
  const said = refusal(answer).join(' ');
  return answer.status === 200 ? 'ok' : (refusals.get(said) ?? said);
}

interface FoundPage {
  readonly items: readonly Command[];
  readonly total: number;
}

/** Whether the prompt is on any page of a list. A total that is larger than the number of shown prompts is an error. */
async function cellOfList(list: List, client: OpenWebUi, { prompt, word }: Target): Promise<string> {
  const first = await list(client, word, '1');
  if (first.status !== 200) return cellOf(first);
  const body = JSON.parse(first.text) as FoundPage | readonly (Command | string)[];
  const shown = 'items' in body ? [...body.items] : [...body];
  for (let page = 2; 'items' in body && shown.length < body.total; page += 1) {
    const { items } = (await list(client, word, String(page))).body as unknown as FoundPage;
    if (items.length === 0) return `${body.total} are counted, ${shown.length} shown`;
    shown.push(...items);
  }
  return shown.some((it) => it === word || (typeof it === 'object' && it.id === prompt.id)) ? 'in' : 'out';
}

const asShown = async ({ prompt }: Target) => [
  JSON.parse((await alicesClient().get(prompt.id)).text) as unknown,
  await historyOf(alicesClient(), prompt.id),
];

it('has every operation on prompts and their history', () => {
  const inTable = new Set(rows.map(({ route }) => route.replace(/ \/(?=$|[?,])|[,?].*/g, '')));
  const documented = documentedOperations.filter(({ path }) => path.startsWith(base));
  const routes = documented.map(({ method, path }) => `${method.toUpperCase()} ${path.slice(base.length)}`.trim());
  expect([...inTable].sort()).toEqual(routes.sort());
  expect(rows.map(({ route }) => route).sort()).toEqual([...Object.keys(lists), ...Object.keys(operations)].sort());
});

it.each(rows)(
  '$route answers each caller as the table says, and a refusal changes nothing',
  async ({ route, cells }) => {
    const answered: Record<string, string> = {};
    for (const actor of actors) {
      const target = await aTarget(actor);
      const [list, ask] = [lists[route], operations[route]];
      const before = await asShown(target);
      answered[actor] = list
        ? await cellOfList(list, clientOf(actor), target)
        : cellOf(await (ask as Ask)(clientOf(actor), target));
      if (answered[actor] !== 'ok') expect(await asShown(target)).toEqual(before);
    }
    expect(answered).toEqual(cells);
  },
);

describe('every operation on one prompt', () => {
  const onOne = Object.entries(operations).filter(([route]) => !route.includes('/create'));

  it.each(onOne)('%s answers every caller alike if the prompt is missing', async (_, ask) => {
    const { prompt } = await aTarget('creator');
    const nothing = { ...prompt, id: randomUUID(), command: randomUUID(), version_id: randomUUID() };
    const target = { prompt: nothing, word: '', draftId: randomUUID() };
    for (const actor of ['creator', 'stranger', 'admin']) {
      expect(refusal(await ask(clientOf(actor), target))).toEqual(notFound);
    }
  });

  it.each(onOne.filter(([route]) => route.includes('{hid}') || route.endsWith('diff') || route.endsWith('version')))(
    '%s never finds an entry of another prompt',
    async (route, ask) => {
      const [target, other] = [await aTarget('creator'), await aTarget('creator')];
      const ofOther = { ...target, draftId: other.draftId };
      const unknown = route.endsWith('version') ? [400, 'Something went wrong :/'] : notFound;
      for (const actor of ['creator', 'admin']) {
        expect(refusal(await ask(clientOf(actor), ofOther))).toEqual(unknown);
      }
      expect(refusal(await ask(clientOf('stranger'), ofOther))).toEqual(prohibited);
    },
  );
});

it("checks first the token, then the fields, then the prompt, and last the caller's rights", async () => {
  const { prompt } = await aTarget('stranger');
  const statuses = async (client: OpenWebUi, id: string) => [
    (await client.update(id, {})).status,
    (await client.update(id, formOf(prompt))).status,
  ];
  expect(await statuses(clientOf('anonymous'), prompt.id)).toEqual([401, 401]);
  expect(await statuses(clientOf('stranger'), randomUUID())).toEqual([422, 404]);
  expect(await statuses(clientOf('stranger'), prompt.id)).toEqual([422, 401]);
});
