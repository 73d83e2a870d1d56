import { call } from '../../support/api.js';
import { aRevision } from '../../support/history.js';
import type { TestUser } from '../../support/users.js';
import { aPrompt, type TestPrompt } from '../../support/prompts.js';
import type { OpenTestServer } from '../../support/test-server.js';

/** A label of the prompt that only Bob may move. */
export const guardedLabel = 'guarded';

let count = 0;
const unique = (word: string) => `${word}-${(count += 1)}`;

/** Valid requests for the operations on revisions, labels and releases. */
export function historyRequests(server: OpenTestServer, alice: TestUser, prompt: TestPrompt) {
  const path = { owner: prompt.owner, name: prompt.name };
  const revisionPath = { ...path, number: '1' };
  const as = (token: string | undefined) => <T>(options: T) => Promise.resolve({ token, options });
  const [asAlice, asStranger] = [as(alice.key), as(undefined)];
  const change = (label: string, what: string, json: object) =>
    call(server, 'PUT', `${prompt.path}/labels/${label}${what}`, { token: alice.key, json });
  return {
    createRevision: async () => {
      const { owner, name } = await aPrompt(server, unique('saved')).ownedBy(alice).make();
      return asAlice({ path: { owner, name }, body: { content: 'Answer {{customer}}.', settings: { temperature: 0.2 } } });
    },
    listRevisions: () => asStranger({ path, query: { limit: 2 } }),
    getRevision: () => asStranger({ path: revisionPath }),
    restoreRevision: async () => {
      const { owner, name, path: url } = await aPrompt(server, unique('restored')).ownedBy(alice).make();
      for (const content of ['Old', 'New']) await aRevision(server, { path: url }, alice.key, content);
      return asAlice({ path: { owner, name, number: '1' } });
    },
    diffRevisions: () => asStranger({ path, query: { from: '1', to: 'production' } }),
    listLabels: () => asStranger({ path }),
    moveLabel: () => asAlice({ path: { ...path, label: 'staging' }, body: { revision: 1 } }),
    deleteLabel: async () => {
      const label = unique('doomed');
      await change(label, '', { revision: 1 });
      return asAlice({ path: { ...path, label } });
    },
    getLabelHistory: () => asStranger({ path: { ...path, label: 'production' }, query: { limit: 1 } }),
    protectLabel: () => asAlice({ path: { ...path, label: 'kept' }, body: { writers: [alice.username] } }),
    unprotectLabel: async () => {
      const label = unique('freed');
      await change(label, '/protection', { writers: [] });
      return asAlice({ path: { ...path, label } });
    },
    resolvePrompt: () => asStranger({ path, query: { label: 'production' } }),
    renderPrompt: () => asStranger({ path, body: { variables: { who: 'Ada' } } }),
    releaseRevision: () => asAlice({ path: revisionPath, body: { version: `1.1.${(count += 1)}` } }),
    updateVersion: () => asAlice({ path: { ...path, version: '1.0.0' }, body: { deprecated: 'use another' } }),
  };
}
