import { randomUUID } from 'node:crypto';
import { aProvider } from '../protocols/conductor/integrations/integration-calls.js';
import type { AccessActors } from './access-actors.js';
import type { RequestBuilder } from './role-requests.js';
import type { PromptFixture } from './prompt-fixture.js';

/** A provider of the organization with a model. Its type has no client, so that a test of it ends there. */
async function ofOrganization({ server, boundTokenOf }: AccessActors) {
  const provider = `provider-${randomUUID()}`;
  const adminKey = boundTokenOf('admin', 'admin') ?? '';
  await aProvider({ ...server, adminKey }, provider, { type: 'cohere' });
  return { provider, model: 'mini' };
}

/** Gives the fixture's prompt the Conductor version that points to the revision of the same number. */
export async function numbered({ id }: PromptFixture, { server, creator }: AccessActors, version = 1): Promise<void> {
  await server.database.pool.query(
    `insert into label (prompt_id, name, "integer", revision, created_at, created_by, moved_at, moved_by)
     values ($1, $3::int::text, $3, $3, now(), $2, now(), $2) on conflict do nothing`,
    [id, creator.id, version],
  );
}

const read: RequestBuilder = async (_scene, accessActors) => ({
  scope: 'prompts:read',
  values: await ofOrganization(accessActors),
});
const write =
  (json?: object): RequestBuilder =>
  async (_scene, accessActors) => ({ scope: 'admin', values: await ofOrganization(accessActors), json });
const permission: RequestBuilder = ({ name }, { creator }) => ({
  scope: 'prompts:write',
  json: { subject: { type: 'USER', id: creator.username }, target: { type: 'PROMPT', id: name }, access: ['READ'] },
});

/** The requests to the operations on integrations and permissions, which act in the organization. */
export const integrationRoleRequests: Readonly<Record<string, RequestBuilder>> = {
  listIntegrationProviders: () => ({ scope: 'prompts:read' }),
  getIntegrationProvider: read,
  saveIntegrationProvider: write({ type: 'openai' }),
  deleteIntegrationProvider: write(),
  listIntegrationModels: read,
  getIntegrationModel: read,
  saveIntegrationModel: write({}),
  deleteIntegrationModel: write(),
  listTemplatesOfModel: read,
  addTemplateToModel: async (prompt, accessActors) => {
    await numbered(prompt, accessActors);
    return { scope: 'prompts:write', values: { ...(await ofOrganization(accessActors)), prompt: prompt.name } };
  },
  testPrompt: async (_scene, accessActors) => {
    const { provider: llmProvider, model } = await ofOrganization(accessActors);
    return { scope: 'prompts:read', json: { llmProvider, model, prompt: 'Hello.' } };
  },
  getPermissions: ({ name }) => ({ scope: 'prompts:read', id: name, values: { type: 'PROMPT' } }),
  grantPermissions: permission,
  removePermissions: permission,
};
