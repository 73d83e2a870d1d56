import { call } from '../../support/api.js';
import { ask, askWithBody, askWithPath, fieldsOf, occupy, type Recipe } from './asking.js';
import { guardedLabel } from '../requests/history-requests.js';
import { goodRequests } from '../requests/requests.js';
import { send, type TestServers } from '../servers/test-servers.js';

const askForGuarded: Recipe = askWithPath({ label: guardedLabel });

/** Errors of the operations on revisions, labels and releases. */
export const historyRecipes: Readonly<Record<string, Recipe>> = {
  'createRevision 403 the label is protected': (setting, operation) =>
    askAboutPrompt(setting, operation, { labels: [guardedLabel] }),
  'createRevision 409 a prompt has at most 200 labels': async (setting, operation) => {
    await addMaxLabels(setting);
    return askAboutPrompt(setting, operation, { labels: ['one-more'] });
  },
  'moveLabel 403 the label is protected': askForGuarded,
  'moveLabel 409 a prompt has at most 200 labels': async (setting, operation) => {
    await addMaxLabels(setting);
    return askWithPath({ label: 'one-more' })(setting, operation);
  },
  'deleteLabel 403 the label is protected': askForGuarded,
  'renderPrompt 422 validation failed': askWithBody(() => ({ variables: 'Ada' })),
  'releaseRevision 409 version already exists': askWithBody(() => ({ version: '1.0.0' })),
  'releaseRevision 409 the object store holds another package under this number: publish the next number, or let an operator remove the package with "npm run admin -- orphans remove"': async (setting, { id }) => {
    const { server, alice, prompt } = setting.fixtures;
    const { token, options } = await goodRequests(setting.fixtures).releaseRevision();
    await occupy(setting, alice.id, prompt.name, options.body.version);
    return send(server, id, { token, options });
  },
};

function askAboutPrompt(setting: TestServers, operation: Parameters<Recipe>[1], body: object) {
  const { owner, name } = setting.fixtures.prompt;
  return ask(setting, operation, ({ token, options }) => {
    return { token, options: { ...options, path: { owner, name }, body: { ...fieldsOf(options), ...body } } };
  });
}

/** Gives the prompt the maximum number of labels. */
async function addMaxLabels({ fixtures: { server, alice, prompt } }: TestServers): Promise<void> {
  const { body } = await call(server, 'GET', `${prompt.path}/labels`, { token: alice.key });
  const taken = body.items.filter(({ label, revision }) => label !== 'latest' && revision !== null).length;
  await server.database.pool.query(
    `insert into label (prompt_id, name, revision, created_at, created_by, moved_at, moved_by)
     select $1, 'crowd-' || n, 1, now(), $2, now(), $2 from generate_series(1, 200 - $3::int) n on conflict do nothing`,
    [prompt.id, alice.id, taken],
  );
}
