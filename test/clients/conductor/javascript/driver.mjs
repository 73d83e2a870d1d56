// Plays commands, one JSON a line, through the published JavaScript client: driver.mjs <server url> <key id> <key secret>.
import { createConductorClient, IntegrationClient, PromptClient } from '@io-orkes/conductor-javascript';

const [serverUrl, keyId, keySecret] = process.argv.slice(2);
const client = await createConductorClient({ serverUrl, keyId, keySecret });
const prompts = new PromptClient(client);
const integrations = new IntegrationClient(client);

// An error of the typed clients has the server's words, but not the status.
let status = null;
client.interceptors.response.use((response) => {
  status = response.status;
  return response;
});

// What PromptClient has no parameter for goes through the client's own request layer, as its generated resources do.
const security = [{ name: 'X-Authorization', type: 'apiKey' }];
const headers = { 'Content-Type': 'application/json' };
const send = async (method, url, request) =>
  (await client[method]({ security, url: `/api/prompts/${url}`, ...request, throwOnError: true })).data;
const saved = ({ name, template, description, models, version, autoIncrement }) => ({
  path: { name },
  body: template,
  query: { description, models, version, autoIncrement },
  headers,
});

const commands = {
  save: (input) =>
    input.version || input.autoIncrement || input.description === undefined
      ? send('post', '{name}', saved(input))
      : prompts.savePrompt(input.name, input.description, input.template, input.models),
  update: (input) =>
    input.version
      ? send('put', '{name}', saved(input))
      : prompts.updatePrompt(input.name, input.description, input.template, input.models),
  bulk: ({ items }) => send('post', '', { body: items, headers }),
  get: ({ name, version }) =>
    version ? send('get', '{name}', { path: { name }, query: { version } }) : prompts.getPrompt(name),
  list: () => prompts.getPrompts(),
  versions: ({ name }) => send('get', '{name}/versions', { path: { name } }),
  delete: ({ name }) => prompts.deletePrompt(name),
  deleteVersion: ({ name, version }) => send('delete', '{name}/versions/{version}', { path: { name, version } }),
  tags: ({ name }) => prompts.getPromptTags(name),
  addTags: ({ name, tags }) => prompts.setPromptTags(name, tags),
  deleteTags: ({ name, tags }) => prompts.deletePromptTags(name, tags),
  saveProvider: ({ name, provider }) => integrations.saveIntegrationProvider(name, provider),
  saveModel: ({ name, model }) => integrations.saveIntegrationApi(name, model, { enabled: true, description: model }),
  test: ({ prompt, variables, provider, model }) =>
    prompts.testPrompt({
      prompt,
      promptVariables: variables,
      llmProvider: provider,
      model,
      temperature: 0.1,
      topP: 0.9,
      stopWords: [],
    }),
};

// Not readline: it ends a line at U+2028 too, which JSON leaves in a text as it is.
async function* linesOf(input) {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
}

for await (const line of linesOf(process.stdin)) {
  const { command, ...input } = JSON.parse(line);
  const answer = await commands[command](input).then(
    (result) => ({ result: result ?? null }),
    (error) => ({ error: { message: String(error?.message ?? error), status } }),
  );
  process.stdout.write(JSON.stringify(answer) + '\n');
}
client.stopBackgroundRefresh();
