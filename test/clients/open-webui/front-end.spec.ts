import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type ApiAnswer, call } from '../../support/api.js';
import { adminPassword, startTestServer, type TestServer } from '../../support/test-server.js';
import { aGroup } from '../../support/grants.js';
import { aUser, type TestUser } from '../../support/users.js';
import { toGrantInput } from '../../protocols/open-webui/commands.js';
import { contentOf } from '../../protocols/open-webui/entries.js';
import { type FrontEnd, type OpenedPrompt, signedIn } from './front-end.js';

const nothing = { detail: "We could not find what you're looking for :/" };
const prohibited = {
  detail: 'You do not have permission to access this resource. Please contact your administrator for assistance.',
};
const text = 'Summarize {{text | textarea:required}}.\nBe kind.';
const counted = 'Summarize {{text | textarea:required}} in {{count | number:default=3}} sentences.\nBe kind.';
const brief = `${counted}\nBe brief.`;

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
/** Alice's front end, which records the calls that it is used for. */
let alicesFrontEnd: FrontEnd;
let bobsFrontEnd: FrontEnd;
const used = new Set<string>();
beforeAll(async () => {
  server = await startTestServer();
  [alice, bob] = [await aUser(server), await aUser(server, { username: 'bob-the-reader' })];
  const frontEnd = await signedIn(server, alice.email, adminPassword);
  alicesFrontEnd = new Proxy(frontEnd, {
    get: (operations, name) => {
      used.add(String(name));
      return operations[name as keyof FrontEnd];
    },
  });
  bobsFrontEnd = await signedIn(server, bob.email, adminPassword);
});
afterAll(() => server.stop());

/** One prompt lives through these tests; its page is opened before each. */
let promptId: string | undefined;
let prompt: OpenedPrompt;
const history = () => alicesFrontEnd.getPromptHistory(prompt.id);
const read = (principal_type: string, principal_id: string) => ({ principal_type, principal_id, permission: 'read' });
const write = (principal_type: string, principal_id: string) => ({ principal_type, principal_id, permission: 'write' });

describe('a prompt in the workspace of Open WebUI', () => {
  beforeEach(async () => {
    if (promptId !== undefined) prompt = await alicesFrontEnd.getPromptById(promptId);
  });

  it('is created', async () => {
    expect(await alicesFrontEnd.getPromptItems({ page: 1 })).toEqual({ items: [], total: 0 });
    const created = await alicesFrontEnd.createNewPrompt({
      id: '',
      name: 'Summarize',
      command: '/summarize',
      content: text,
      tags: ['writing', 'short'],
      access_grants: [],
      commit_message: '',
      is_production: true,
    });
    expect(created).toMatchObject({ command: 'summarize', name: 'Summarize', content: text, user_id: alice.id });
    promptId = created.id;
    prompt = await alicesFrontEnd.getPromptById(created.id);
    expect(prompt).toEqual({ ...created, user: null, write_access: true });
    expect(await alicesFrontEnd.getPromptByCommand('/summarize')).toEqual(prompt);
    await expect(
      alicesFrontEnd.createNewPrompt({ name: 'Again', command: '/summarize', content: '' }),
    ).rejects.toMatchObject({
      detail: 'Uh-oh! This command is already registered. Please choose another command string.',
    });
  });

  it('is found by its command, and not by other users', async () => {
    expect(await alicesFrontEnd.getPrompts()).toEqual([
      expect.objectContaining({ command: 'summarize', content: text }),
    ]);
    expect(await alicesFrontEnd.getPromptTags()).toEqual(['short', 'writing']);
    expect([await bobsFrontEnd.getPrompts(), await bobsFrontEnd.getPromptTags()]).toEqual([[], []]);
    await expect(bobsFrontEnd.getPromptById(prompt.id)).rejects.toMatchObject(nothing);
  });

  it('is edited, and the previous text is in its history', async () => {
    const saved = await alicesFrontEnd.updatePromptById(prompt, { content: counted, commit_message: 'Count them' });
    expect(saved).toMatchObject({ content: counted, tags: prompt.tags, name: prompt.name });
    expect(saved.version_id).not.toBe(prompt.version_id);
    const [newest, oldest, ...more] = await history();
    expect([newest?.id, newest?.commit_message, newest?.user]).toEqual([
      saved.version_id,
      'Count them',
      { id: alice.id, name: alice.username, role: 'user', email: alice.email },
    ]);
    expect([oldest?.id, oldest?.commit_message, more]).toEqual([prompt.version_id, 'Initial version', []]);
    expect(await alicesFrontEnd.getPromptHistory(prompt.id, 1)).toEqual([]);
    const { user: _, ...entry } = oldest ?? { id: '' };
    expect(await alicesFrontEnd.getPromptHistoryItem(prompt.id, entry.id)).toEqual(entry);
  });

  it('is unchanged after an edit without changes', async () => {
    expect(await alicesFrontEnd.updatePromptById(prompt, {})).toEqual(
      expect.objectContaining({ version_id: prompt.version_id }),
    );
    expect(await history()).toHaveLength(2);
  });

  it('is compared with its previous text', async () => {
    const [newest, oldest] = await history();
    const [from, to] = [oldest?.id ?? '', newest?.id ?? ''];
    expect(await alicesFrontEnd.getPromptDiff(prompt.id, from, to)).toEqual({
      from_id: from,
      to_id: to,
      from_snapshot: oldest?.snapshot,
      to_snapshot: newest?.snapshot,
      content_diff: [
        `--- v${from.slice(0, 8)}`,
        `+++ v${to.slice(0, 8)}`,
        '@@ -1,2 +1,2 @@',
        '-Summarize {{text | textarea:required}}.',
        '+Summarize {{text | textarea:required}} in {{count | number:default=3}} sentences.',
        ' Be kind.',
      ],
      line_endings_only: false,
      name_changed: false,
      access_grants_changed: false,
    });
  });

  it('has a draft, which becomes live when it is set as production', async () => {
    const saved = await alicesFrontEnd.updatePromptById(prompt, {
      content: brief,
      is_production: false,
      commit_message: null,
    });
    expect(saved).toMatchObject({ content: counted, version_id: prompt.version_id });
    const [draft] = await history();
    expect(draft).toMatchObject({ parent_id: prompt.version_id, commit_message: null, snapshot: { content: brief } });
    expect((await alicesFrontEnd.getPromptById(prompt.id)).content).toBe(counted);
    const live = await alicesFrontEnd.setProductionPromptVersion(prompt.id, draft?.id ?? '');
    expect(live).toMatchObject({ content: brief, version_id: draft?.id, tags: prompt.tags });
    expect(await history()).toHaveLength(3);
  });

  it('is shared with a user whom the dialog finds, and then with a group', async () => {
    const group = await aGroup(server, [bob]);
    const { users } = await alicesFrontEnd.searchUsers('the-reader');
    expect(users).toEqual([expect.objectContaining({ id: bob.id })]);
    expect(await alicesFrontEnd.getGroups()).toEqual([expect.objectContaining({ id: group.id, name: group.slug })]);

    const shared = await alicesFrontEnd.updatePromptAccessGrants(prompt.id, [read('user', bob.id)]);
    expect(shared.access_grants.map(toGrantInput)).toEqual([read('user', bob.id)]);
    const opened = await bobsFrontEnd.getPromptById(prompt.id);
    expect([opened.content, opened.write_access]).toEqual([brief, false]);
    const ofOthers = await bobsFrontEnd.getPromptItems({ view_option: 'shared' });
    expect(ofOthers.items.map(({ id, user }) => [id, user?.email])).toEqual([[prompt.id, alice.email]]);
    await expect(bobsFrontEnd.updatePromptById(opened, { content: 'Mine' })).rejects.toMatchObject(prohibited);

    await alicesFrontEnd.updatePromptAccessGrants(prompt.id, [read('user', bob.id), write('group', group.id)]);
    await bobsFrontEnd.updatePromptById(await bobsFrontEnd.getPromptById(prompt.id), { content: `${brief}\nBy Bob.` });
    expect((await history()).map(({ user, snapshot }) => [user?.name, snapshot.access_grants.length])).toEqual([
      [bob.username, 2],
      [alice.username, 0],
      [alice.username, 0],
      [alice.username, 0],
    ]);
  });

  it('is switched off and on', async () => {
    expect(await alicesFrontEnd.togglePromptById(prompt.id)).toMatchObject({ is_active: false });
    expect([await alicesFrontEnd.getPrompts(), await alicesFrontEnd.getPromptTags()]).toEqual([[], []]);
    expect((await alicesFrontEnd.getPromptItems()).items).toEqual([
      expect.objectContaining({ id: prompt.id, is_active: false }),
    ]);
    expect(await alicesFrontEnd.togglePromptById(prompt.id)).toMatchObject({ is_active: true });
    expect((await alicesFrontEnd.getPrompts()).map(({ id }) => id)).toEqual([prompt.id]);
  });

  it('loses a history entry, but never the live one', async () => {
    const [live, third, second] = await history();
    expect(await alicesFrontEnd.deletePromptHistoryVersion(prompt.id, third?.id ?? '')).toBe(true);
    const left = await history();
    expect(left.map(contentOf)).not.toContain(third?.snapshot.content);
    expect([left.length, left[0]?.id, left[0]?.parent_id]).toEqual([3, live?.id, second?.id]);
    await expect(alicesFrontEnd.getPromptHistoryItem(prompt.id, third?.id ?? '')).rejects.toMatchObject(nothing);
    await expect(alicesFrontEnd.deletePromptHistoryVersion(prompt.id, live?.id ?? '')).rejects.toMatchObject({
      detail: 'Cannot delete the active production version',
    });
  });

  it('is renamed without a history entry', async () => {
    const renamed = await alicesFrontEnd.updatePromptMetadata(prompt.id, 'sum up', '/sum-up', ['writing']);
    expect(renamed).toMatchObject({ name: 'sum up', command: 'sum-up', tags: ['writing'] });
    await expect(alicesFrontEnd.getPromptByCommand('/summarize')).rejects.toMatchObject(nothing);
    expect(await history()).toHaveLength(3);
  });

  it('is searched, sorted and paged among others', async () => {
    for (let index = 1; index <= 31; index += 1) {
      const command = `other-${String(index).padStart(2, '0')}`;
      await alicesFrontEnd.createNewPrompt({
        command: `/${command}`,
        name: command,
        content: 'Of no interest',
        tags: ['other'],
      });
    }
    const commandsOf = async (...[search]: Parameters<FrontEnd['getPromptItems']>) => {
      const { items, total } = await alicesFrontEnd.getPromptItems(search);
      return [items.map(({ command }) => command), total];
    };
    for (const found of [
      { query: 'BY BOB' },
      { query: 'sum' },
      { tag: 'WRITING' },
      { query: 'kind', tag: 'writing' },
    ]) {
      expect(await commandsOf(found)).toEqual([['sum-up'], 1]);
    }
    expect(await commandsOf({ query: '100%' })).toEqual([[], 0]);
    expect(await commandsOf({ order_by: 'name', direction: 'desc', page: 1 })).toEqual([
      expect.arrayContaining(['sum-up', 'other-31', 'other-03']),
      32,
    ]);
    expect(await commandsOf({ order_by: 'name', direction: 'desc', page: 2 })).toEqual([['other-02', 'other-01'], 32]);
    expect(await commandsOf({ view_option: 'shared' })).toEqual([[], 0]);
  });

  it('is deleted', async () => {
    expect(await alicesFrontEnd.deletePromptById(prompt.id)).toBe(true);
    await expect(alicesFrontEnd.getPromptById(prompt.id)).rejects.toMatchObject(nothing);
    await expect(history()).rejects.toMatchObject(nothing);
    expect((await alicesFrontEnd.getPromptItems({ tag: 'writing' })).total).toBe(0);
    promptId = undefined;
  });

  it('has been used with every call of the front end', () => {
    expect([...used].sort()).toEqual(Object.keys(alicesFrontEnd).sort());
    expect(used.size - ['getGroups', 'searchUsers'].length).toBe(16);
  });
});

describe('the update that the documentation shows for curl', () => {
  const form = {
    command: 'summarize',
    name: 'Summarize',
    content: 'Summarize, as curl says: {{text}}',
    commit_message: 'Updated through the API',
    is_production: true,
  };

  /** Runs the command; without curl, sends the same request. */
  async function update(id: string): Promise<ApiAnswer | string> {
    const path = `/api/prompts/id/${id}/update`;
    const headers = { Authorization: `Bearer ${alice.key}`, 'Content-Type': 'application/json' };
    const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const json = JSON.stringify(form, null, 2);
    try {
      const options = ['-sS', '--fail', '-X', 'POST', server.url + path, ...lines, '-d', json];
      return (await promisify(execFile)('curl', options)).stdout;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const more = { Accept: '*/*', 'User-Agent': 'curl/8.16.0' };
      return call(server, 'POST', path, { headers: { ...headers, ...more }, body: json });
    }
  }

  it('succeeds', async () => {
    const { id } = await alicesFrontEnd.createNewPrompt({ ...form, content: 'Before' });
    const answer = await update(id);
    const shown = JSON.parse(typeof answer === 'string' ? answer : answer.text) as unknown;
    expect(shown).toMatchObject({ id, command: 'summarize', content: form.content });
    const [newest] = await alicesFrontEnd.getPromptHistory(id);
    expect(newest).toMatchObject({ commit_message: form.commit_message, snapshot: { content: form.content } });
  });
});
