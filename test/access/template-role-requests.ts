import { numbered } from './integration-role-requests.js';
import type { RequestBuilder } from './role-requests.js';

/** The scene's prompt has version 1, and version 2 above it. */
const withVersions =
  (request: Awaited<ReturnType<RequestBuilder>>): RequestBuilder =>
  async (prompt, accessActors) => {
    await numbered(prompt, accessActors, 1);
    await numbered(prompt, accessActors, 2);
    return request;
  };

const read = withVersions({ scope: 'prompts:read' });
const save = withVersions({ scope: 'prompts:write', query: '?description=d', body: 'Changed.' });
const remove = withVersions({ scope: 'prompts:write' });
const tag = withVersions({ scope: 'prompts:write', json: [{ key: 'team', value: 'support' }] });

/** The requests to the operations on templates, which act in the organization. */
export const templateRoleRequests: Readonly<Record<string, RequestBuilder>> = {
  listTemplates: read,
  saveTemplates: ({ name }) => ({ scope: 'prompts:write', json: [{ name, template: 'Changed.' }] }),
  getTemplate: read,
  saveTemplate: save,
  createTemplate: save,
  deleteTemplate: remove,
  'deleteTemplate unpublished': remove,
  listTemplateVersions: read,
  deleteTemplateVersion: withVersions({ scope: 'prompts:write', values: { version: '1' } }),
  'deleteTemplateVersion last unpublished': () => ({ scope: 'prompts:write', values: { version: '1' } }),
  listTemplateTags: read,
  addTemplateTags: tag,
  removeTemplateTags: tag,
};
