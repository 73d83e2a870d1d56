import type { TestUser } from '../../support/users.js';
import type { OpenTestServer } from '../../support/test-server.js';
import { aTemplate } from './integration-requests.js';

let count = 0;
const unique = (word: string) => `${word}-${(count += 1)}`;

/** A template that does not change, so that its ETag stays valid. */
const templates = new WeakMap<OpenTestServer, Promise<string>>();
async function stableTemplate(server: OpenTestServer, alice: TestUser): Promise<{ name: string }> {
  const name = templates.get(server) ?? aTemplate(server, alice);
  templates.set(server, name);
  return { name: await name };
}

/** Valid requests for the operations on templates. Each save creates a separate prompt. */
export function templateRequests(server: OpenTestServer, alice: TestUser) {
  const asAlice = <T>(options: T) => Promise.resolve({ token: alice.key, options });
  const existing = async () => ({ name: await aTemplate(server, alice) });
  const tags = [{ key: 'team', value: 'support' }];
  return {
    listTemplates: () => asAlice({}),
    saveTemplates: () => asAlice({ body: [{ name: unique('bulk'), template: 'Hello ${who}.', temperature: 0.5 }] }),
    getTemplate: async () => asAlice({ path: await stableTemplate(server, alice), query: { version: 1 } }),
    saveTemplate: () => asAlice({ path: { name: unique('put') }, query: { description: 'Greets' }, body: 'Hello ${who}.' }),
    createTemplate: () =>
      asAlice({
        path: { name: unique('post') },
        query: { description: 'Greets', autoIncrement: 'true' },
        body: 'Hello ${who}.',
      }),
    deleteTemplate: async () => asAlice({ path: await existing() }),
    listTemplateVersions: async () => asAlice({ path: await existing() }),
    deleteTemplateVersion: async () => asAlice({ path: { ...(await existing()), version: 1 } }),
    listTemplateTags: async () => asAlice({ path: await existing() }),
    addTemplateTags: async () => asAlice({ path: await existing(), body: tags }),
    removeTemplateTags: async () => asAlice({ path: await existing(), body: tags }),
  };
}
