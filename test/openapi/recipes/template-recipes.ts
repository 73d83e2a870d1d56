import { call } from '../../support/api.js';
import { aKey } from '../../support/users.js';
import { aPrompt } from '../../support/prompts.js';
import { ask, askWithBoundKey, askWithPath, type Recipe, sendBody } from './asking.js';
import { aTemplate } from '../requests/integration-requests.js';
import type { TestServers } from '../servers/test-servers.js';

const largestBulkBytes = 8 * 1024 * 1024;
const workspace = { id: '', slug: 'workspace' };

const askWith =
  (options: { readonly query?: Readonly<Record<string, unknown>>; readonly body?: object }): Recipe =>
  (setting, operation) =>
    ask(setting, operation, (good) => ({ ...good, options: { ...good.options, ...options } }));

const askAsBob: Recipe = (setting, operation) =>
  ask(setting, operation, (good) => ({ ...good, token: setting.fixtures.bob.key }));

/** With a key of Alice that is bound to an owner where only Bob creates prompts. */
const askElsewhere: Recipe = async (setting, operation) => {
  const { server, alice, bob } = setting.fixtures;
  const token = await aKey(server, alice.id, { ownerId: bob.id });
  return ask(setting, operation, (good) => ({ ...good, token }));
};

/** For another prompt than that of the valid request; a bulk save then saves only this one. */
const about =
  (prepare: (setting: TestServers) => Promise<string>, { asBob = false } = {}): Recipe =>
  async (setting, operation) => {
    const name = await prepare(setting);
    return ask(setting, operation, ({ token, options }) => ({
      token: asBob ? setting.fixtures.bob.key : token,
      options: options.path
        ? { ...options, path: { ...options.path, name } }
        : { ...options, body: [{ name, template: 'Another text.' }] },
    }));
  };

const ofAlice = ({ fixtures: { server, alice } }: TestServers) => aTemplate(server, alice);

async function protectedPrompt(setting: TestServers): Promise<string> {
  const { server, bob } = setting.fixtures;
  const name = await ofAlice(setting);
  const version = { name, template: 'Below.', version: 2 };
  await call(server, 'POST', '/api/prompts', { headers: { 'x-authorization': server.adminKey }, json: [version] });
  const url = `/v1/prompts/workspace/${name}/labels/production/protection`;
  await call(server, 'PUT', url, { token: server.adminKey, json: { writers: [bob.username] } });
  return name;
}

let released = 0;
async function aReleasedPrompt({ fixtures: { server } }: TestServers): Promise<{ name: string; idPath: string }> {
  return aPrompt(server, `released-${(released += 1)}`).in(workspace).withVersion('1.0.0').make();
}

async function retiredName(setting: TestServers): Promise<string> {
  const { name, idPath } = await aReleasedPrompt(setting);
  await call(setting.fixtures.server, 'DELETE', idPath, { token: setting.fixtures.server.adminKey });
  return name;
}

const deletePublished: Recipe = async (setting, operation) => {
  const { name } = await aReleasedPrompt(setting);
  const token = setting.fixtures.server.adminKey;
  return ask(setting, operation, ({ options }) => ({ token, options: { ...options, path: { ...options.path, name } } }));
};

const longText = { description: 'x'.repeat(5000) };
const unknownModel = { description: 'd', models: 'nobody:mini' };

/** Errors of single and bulk saves. */
function saving(id: string): Readonly<Record<string, Recipe>> {
  return {
    [`${id} 403 the label is protected`]: about(protectedPrompt),
    [`${id} 403 the name belongs to a deleted prompt with package versions`]: about(retiredName),
    [`${id} 403 not prompt owner`]: askElsewhere,
    [`${id} 403 the API key is bound to another owner or prompt`]: askWithBoundKey,
  };
}

const badName = askWithPath({ name: 'test' });
const noSuchName = askWithPath({ name: 'not there' });

/** Errors of templates. */
export const templateRecipes: Readonly<Record<string, Recipe>> = {
  ...saving('saveTemplates'),
  ...saving('saveTemplate'),
  ...saving('createTemplate'),
  'saveTemplates 400 validation failed': askWith({ body: [{ name: 'test', template: 'x' }] }),
  'saveTemplates 404 integration not found': askWith({
    body: [{ name: 'for-nobody', template: 'x', integrations: ['nobody:mini'] }],
  }),
  'saveTemplates 413 payload too large': (setting, operation) =>
    sendBody(setting, operation, JSON.stringify('x'.repeat(largestBulkBytes)), 'application/json'),
  'saveTemplate 400 validation failed': askWith({ query: longText }),
  'saveTemplate 403 no UPDATE access to the prompt': about(ofAlice, { asBob: true }),
  'saveTemplate 404 integration not found': askWith({ query: unknownModel }),
  'createTemplate 400 validation failed': askWith({ query: longText }),
  'createTemplate 403 no UPDATE access to the prompt': about(ofAlice, { asBob: true }),
  'createTemplate 404 integration not found': askWith({ query: unknownModel }),
  'getTemplate 400 validation failed': askWith({ query: { version: 'x' } }),
  'getTemplate 403 no READ access to the prompt': askAsBob,
  'getTemplate 404 version not found': askWith({ query: { version: 9 } }),
  'deleteTemplate 400 validation failed': badName,
  'deleteTemplate 403 no DELETE access to the prompt': askAsBob,
  'deleteTemplate 403 the label is protected': about(protectedPrompt),
  'deleteTemplate 403 a prompt with package versions is deleted on /v1 only': deletePublished,
  'listTemplateVersions 400 validation failed': badName,
  'listTemplateVersions 403 no READ access to the prompt': askAsBob,
  'deleteTemplateVersion 400 validation failed': askWithPath({ version: 'x' }),
  'deleteTemplateVersion 403 no DELETE access to the prompt': askAsBob,
  'deleteTemplateVersion 403 the label is protected': async (setting, operation) =>
    askWithPath({ name: await protectedPrompt(setting), version: '2' })(setting, operation),
  'deleteTemplateVersion 403 a prompt with package versions is deleted on /v1 only': deletePublished,
  'deleteTemplateVersion 404 prompt not found': noSuchName,
  'deleteTemplateVersion 404 version not found': askWithPath({ version: '9' }),
  'listTemplateTags 400 validation failed': badName,
  'listTemplateTags 403 no READ access to the prompt': askAsBob,
  'addTemplateTags 400 validation failed': badName,
  'addTemplateTags 403 no UPDATE access to the prompt': askAsBob,
  'removeTemplateTags 400 validation failed': badName,
  'removeTemplateTags 403 no UPDATE access to the prompt': askAsBob,
};
