import { call, type ApiAnswer } from './api.js';
import { type Form, versionForm } from './form.js';
import { packageOf } from './packages.js';
import type { TestOrganization, TestUser } from './users.js';
import type { TestServer } from './test-server.js';

export interface TestPrompt {
  readonly id: string;
  readonly name: string;
  /** Slug of the owner. */
  readonly owner: string;
  readonly ownerId: string;
  /** `/v1/prompts/{owner}/{name}` */
  readonly path: string;
  /** `/v1/prompts/{id}` */
  readonly idPath: string;
}

let count = 0;

/** `await aPrompt(server).ownedBy(alice).withVersion('1.0.0').make()` */
export function aPrompt(server: TestServer, name = `prompt-${(count += 1)}`): PromptBuilder {
  return new PromptBuilder(server, name);
}

export class PromptBuilder {
  private readonly body: Record<string, unknown>;
  private readonly versions: string[] = [];
  private token: string;

  constructor(
    private readonly server: TestServer,
    private readonly name: string,
  ) {
    this.body = { name, description: 'A prompt for a test.' };
    this.token = server.adminKey;
  }

  ownedBy(user: TestUser): this {
    this.token = user.key;
    return this;
  }

  in(organization: TestOrganization): this {
    this.body.owner = organization.slug;
    return this;
  }

  private(): this {
    this.body.visibility = 'private';
    return this;
  }

  withVersion(...versions: readonly string[]): this {
    this.versions.push(...versions);
    return this;
  }

  async make(): Promise<TestPrompt> {
    const { status, body, text } = await call(this.server, 'POST', '/v1/prompts', {
      token: this.token,
      json: this.body,
    });
    if (status !== 201) throw new Error(`no prompt: ${text}`);
    const owner = String(body.owner_username);
    const idPath = `/v1/prompts/${body.id}`;
    const path = `/v1/prompts/${owner}/${this.name}`;
    const prompt = { id: body.id, name: this.name, owner, ownerId: String(body.owner_id), path, idPath };
    for (const version of this.versions) {
      const answer = await uploadVersion(this.server, prompt, this.token, version);
      if (answer.status !== 201) throw new Error(`no version: ${answer.text}`);
    }
    return prompt;
  }
}

/** Uploads a package to the prompt, or the given bytes. */
export async function uploadVersion(
  server: TestServer,
  prompt: Pick<TestPrompt, 'name' | 'idPath'>,
  token: string,
  version: string,
  bytes?: Buffer,
): Promise<ApiAnswer> {
  const archive = bytes ?? (await packageOf({ name: prompt.name, version }));
  return postForm(server, prompt, token, versionForm(version, archive));
}

export function postForm(
  server: TestServer,
  prompt: Pick<TestPrompt, 'idPath'>,
  token: string,
  form: Form,
): Promise<ApiAnswer> {
  return call(server, 'POST', `${prompt.idPath}/versions`, { token, ...form });
}
