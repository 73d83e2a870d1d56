import { asCommand, aCommand, type Command, formOf, openWebUi } from '../../protocols/open-webui/commands.js';
import { type Entry, historyOf } from '../../protocols/open-webui/entries.js';
import type { TestUser } from '../../support/users.js';
import { adminPassword, type OpenTestServer } from '../../support/test-server.js';

let count = 0;
const unique = (word: string) => `${word}-${(count += 1)}`;

/** A prompt that does not change, so that its ETag stays valid. */
const readTwice = new WeakMap<OpenTestServer, Promise<Command>>();

/** A prompt with a draft that is newer than the live entry. */
export async function withDraft(server: OpenTestServer, { key }: TestUser): Promise<{ command: Command; draft: Entry }> {
  const client = openWebUi(server, key);
  const command = await aCommand(client, { command: unique('drafted') });
  await client.update(command.id, { ...formOf(command), content: 'A draft.', is_production: false });
  const [draft] = await historyOf(client, command.id);
  if (!draft) throw new Error('there is no draft');
  return { command, draft };
}

/**
 * Valid requests for the operations of the Open WebUI protocol. Each request that changes something uses a separate
 * prompt.
 */
export function openWebUiRequests(server: OpenTestServer, alice: TestUser) {
  const as = (token: string | undefined) => <T>(options: T) => Promise.resolve({ token, options });
  const [asAlice, asStranger] = [as(alice.key), as(undefined)];
  const client = openWebUi(server, alice.key);
  const own = () => aCommand(client, { command: unique('own') });
  const standing = () => {
    const command = readTwice.get(server) ?? aCommand(client, { command: unique('standing') });
    readTwice.set(server, command);
    return command;
  };
  const form = () => ({ command: unique('form'), name: 'A form', content: 'Hello {{who}}' });
  return {
    getSessionUser: () => asAlice({}),
    signIn: () => asStranger({ body: { email: alice.email, password: adminPassword } }),
    signUp: () => {
      const name = unique('newcomer');
      return asStranger({ body: { name, email: `${name}@example.com`, password: 'a good password' } });
    },
    signOut: () => asStranger({}),
    listShareableGroups: () => asAlice({}),
    searchUsers: () => asAlice({ query: { query: alice.username } }),
    listCommands: () => asAlice({}),
    listCommandTags: () => asAlice({}),
    searchCommands: () => asAlice({ query: { query: 'standing', page: 1 } }),
    getCommandByName: async () => asAlice({ path: { command: (await standing()).command } }),
    getCommand: async () => asAlice({ path: { id: (await standing()).id } }),
    createCommand: () => asAlice({ body: form() }),
    updateCommand: async () => asAlice({ path: { id: (await own()).id }, body: form() }),
    updateCommandMeta: async () => asAlice({ path: { id: (await own()).id }, body: { command: unique('meta'), name: 'A name' } }),
    setCommandVersion: async () => {
      const { command, draft } = await withDraft(server, alice);
      return asAlice({ path: { id: command.id }, body: { version_id: draft.id } });
    },
    shareCommand: async () => asAlice({ path: { id: (await own()).id }, body: { access_grants: [] } }),
    toggleCommand: async () => asAlice({ path: { id: (await own()).id } }),
    deleteCommand: async () => asAlice({ path: { id: (await own()).id } }),
    listCommandHistory: async () => asAlice({ path: { id: (await standing()).id }, query: { page: 0 } }),
    getHistoryEntry: async () => {
      const { id, version_id: hid } = asCommand(await client.get((await standing()).id));
      return asAlice({ path: { id, hid } });
    },
    deleteHistoryEntry: async () => {
      const { command, draft } = await withDraft(server, alice);
      return asAlice({ path: { id: command.id, hid: draft.id } });
    },
    diffHistoryEntries: async () => {
      const { id, version_id: entry } = asCommand(await client.get((await standing()).id));
      return asAlice({ path: { id }, query: { from_id: entry, to_id: entry } });
    },
  };
}
