import type { Scope } from '../../src/common/http/access.decorator.js';
import type { ApiCall } from '../support/api.js';
import { versionForm } from '../support/form.js';
import { aGroup } from '../support/grants.js';
import { packageOf } from '../support/packages.js';
import { aUser, addMember } from '../support/users.js';
import { adminPassword } from '../support/test-server.js';
import type { AccessActors } from './access-actors.js';
import { openWebUiRoleRequests } from './open-webui-role-requests.js';
import { integrationRoleRequests } from './integration-role-requests.js';
import type { PromptFixture } from './prompt-fixture.js';
import { templateRoleRequests } from './template-role-requests.js';

export interface RoleRequest extends ApiCall {
  /** The scope that the operation requires, if any. */
  readonly scope?: Scope;
  /** `{id}` of the path, if it is not the prompt's id. */
  readonly id?: string;
  /** Parameters of the path that do not belong to a prompt. */
  readonly values?: Readonly<Record<string, string>>;
  /** A text that is different for each request. */
  readonly query?: string;
}

export type RequestBuilder = (prompt: PromptFixture, accessActors: AccessActors) => RoleRequest | Promise<RoleRequest>;

const read: RequestBuilder = () => ({ scope: 'prompts:read' });
let count = 0;
const fresh = (word: string) => `${word}-${(count += 1)}`;

/** The request to each operation. A note behind the name distinguishes two rows of one operation. */
export const requests: Readonly<Record<string, RequestBuilder>> = {
  searchPrompts: ({ name }) => ({ scope: 'prompts:read', query: `?q=${name}` }),
  getPromptById: read,
  getPrompt: read,
  listVersions: read,
  getVersion: read,
  downloadVersion: read,
  getDownloads: read,
  getDownloadsCsv: read,
  updatePrompt: () => ({ scope: 'prompts:write', json: { description: 'Changed.' } }),
  'updatePrompt visibility': () => ({ scope: 'prompts:write', json: { visibility: 'public' } }),
  'updatePrompt contract': () => ({ scope: 'prompts:write', json: { enforce_variable_contract: true } }),
  deletePrompt: () => ({ scope: 'prompts:write' }),
  'deletePrompt unpublished': () => ({ scope: 'prompts:write' }),
  restorePrompt: () => ({ scope: 'admin' }),
  uploadVersion: async ({ name }) => {
    const archive = await packageOf({ name, version: '1.1.0' });
    return { scope: 'versions:publish', ...versionForm('1.1.0', archive) };
  },
  listPromptAuditEntries: read,
  getPromptAuditCsv: read,
  listGrants: read,
  setGrants: () => ({
    scope: 'prompts:write',
    json: { items: [{ principal_type: 'user', principal: '*', permission: 'read' }] },
  }),
  listRevisions: read,
  getRevision: () => ({ scope: 'prompts:read', values: { number: '1' } }),
  diffRevisions: () => ({ scope: 'prompts:read', query: '?from=1&to=2' }),
  listLabels: read,
  getLabelHistory: () => ({ scope: 'prompts:read', values: { label: 'production' } }),
  resolvePrompt: read,
  'resolvePrompt version': () => ({ scope: 'prompts:read', query: '?version=1.x' }),
  renderPrompt: () => ({ scope: 'prompts:read', json: {} }),
  createRevision: () => ({ scope: 'prompts:write', json: { content: 'Changed.' } }),
  restoreRevision: () => ({ scope: 'prompts:write', values: { number: '1' } }),
  moveLabel: () => ({ scope: 'prompts:write', values: { label: 'production' }, json: { revision: 2 } }),
  deleteLabel: () => ({ scope: 'prompts:write', values: { label: 'production' } }),
  protectLabel: () => ({ scope: 'prompts:write', values: { label: 'production' }, json: { writers: [] } }),
  unprotectLabel: () => ({ scope: 'prompts:write', values: { label: 'guarded' } }),
  releaseRevision: () => ({ scope: 'versions:publish', values: { number: '2' }, json: { version: '1.1.0' } }),
  updateVersion: () => ({ scope: 'versions:publish', json: { yanked: true } }),
  createPrompt: (_scene, { organization }) => {
    return { scope: 'prompts:write', json: { name: fresh('made'), description: '', owner: organization.slug } };
  },
  publishPrompt: () => ({ scope: 'versions:publish', json: { name: fresh('pub'), description: '', content: 'Hi.' } }),
  login: (_scene, { owner }) => ({ json: { username: owner.username, password: adminPassword } }),
  createApiKey: () => ({ json: { name: 'k', scopes: ['prompts:read'] } }),
  'createApiKey bound': ({ id }) => ({ json: { name: 'k', scopes: ['prompts:read'], prompt: id } }),
  listApiKeys: () => ({}),
  revokeApiKey: (_scene, { unusedKeyId }) => ({ id: unusedKeyId }),
  getMe: () => ({}),
  changePassword: () => ({ json: { current_password: 'not this one', new_password: adminPassword } }),
  createUser: () => {
    const username = fresh('new');
    return { scope: 'admin', json: { username, email: `${username}@example.com`, password: adminPassword } };
  },
  listUsers: () => ({ scope: 'admin' }),
  listAuditEntries: () => ({ scope: 'admin' }),
  getAuditCsv: () => ({ scope: 'admin' }),
  updateUser: (_scene, { owner }) => ({ scope: 'admin', id: owner.id, json: { role: 'user' } }),
  listGroups: read,
  createGroup: () => ({ scope: 'admin', json: { slug: fresh('group') } }),
  getGroup: async (_scene, accessActors) => ({ scope: 'prompts:read', id: (await aGroup(accessActors.server, [])).id }),
  updateGroup: async (_scene, accessActors) => ({
    scope: 'admin',
    id: (await aGroup(accessActors.server, [])).id,
    json: { name: 'Changed' },
  }),
  deleteGroup: async (_scene, accessActors) => ({ scope: 'admin', id: (await aGroup(accessActors.server, [])).id }),
  addGroupMember: async (_scene, { server, owner }) => {
    return { scope: 'admin', id: (await aGroup(server, [])).id, values: { user: owner.username } };
  },
  removeGroupMember: async (_scene, { server, owner }) => {
    return { scope: 'admin', id: (await aGroup(server, [owner])).id, values: { user: owner.username } };
  },
  listOrganizations: read,
  createOrganization: () => ({ scope: 'admin', json: { slug: fresh('organization') } }),
  getOrganization: (_scene, { organization: { slug } }) => ({ scope: 'prompts:read', values: { slug } }),
  updateOrganization: (_scene, { organization: { slug } }) => {
    return { scope: 'admin', values: { slug }, json: { member_access: 'read' } };
  },
  setOrganizationMember: (_scene, { organization: { slug }, creator }) => {
    return { scope: 'admin', values: { slug, user: creator.username }, json: { role: 'member' } };
  },
  removeOrganizationMember: async (_scene, { server, organization }) => {
    const leaving = await aUser(server);
    await addMember(server, organization, leaving);
    return { scope: 'admin', values: { slug: organization.slug, user: leaving.username } };
  },
  createToken: (_scene, { owner }) => ({ json: { email: owner.email, password: adminPassword } }),
  getTokenUser: () => ({}),
  ...integrationRoleRequests,
  ...openWebUiRoleRequests,
  ...templateRoleRequests,
  getLiveness: () => ({}),
  getReadiness: () => ({}),
  getMetrics: () => ({}),
};
