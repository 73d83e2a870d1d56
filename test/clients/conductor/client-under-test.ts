import { randomBytes } from 'node:crypto';
import { ModelServer } from '../../protocols/conductor/testing/model-server.js';
import { Driver } from './driver.js';
import { type ServerUnderTest, serverUnderTest } from './server-under-test.js';

/**
 * A prompt as a client returns it. Fields that a client does not know, or omits because they are empty, are missing.
 */
export interface PromptView {
  readonly name: string;
  readonly template: string;
  readonly description?: string;
  readonly version?: number;
  readonly variables?: readonly string[];
  readonly integrations?: readonly string[];
  readonly tags?: readonly Tag[];
  readonly createdBy?: string;
  readonly createdOn?: number;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
  readonly type?: string;
}

export const provider = 'local';
export const models = ['small', 'large'] as const;

/** A running client, the server that it talks to, and a model that the server can ask. */
export class ClientUnderTest {
  private readonly mark = randomBytes(4).toString('hex');
  private count = 0;

  private constructor(
    readonly server: ServerUnderTest,
    readonly client: Driver,
    readonly model: ModelServer,
  ) {}

  static async open(command: readonly string[]): Promise<ClientUnderTest> {
    const server = await serverUnderTest();
    const client = Driver.start(command, server.url, server.keyId, server.keySecret);
    return new ClientUnderTest(server, client, await ModelServer.start());
  }

  /** The provider and its models, saved through the client. */
  async integrate(): Promise<void> {
    const configuration = { api_key: 'of the fake model', endpoint: this.model.endpoint };
    const input = { type: 'openai', category: 'AI_MODEL', description: 'fake', enabled: true, configuration };
    await this.client.run('saveProvider', { name: provider, provider: input });
    for (const model of models) await this.client.run('saveModel', { name: provider, model });
  }

  /** A name that no other prompt of the server has. */
  aName(word = 'prompt'): string {
    return `${word}-${this.mark}-${(this.count += 1)}`;
  }

  save(name: string, template: string, more: object = {}): Promise<null> {
    return this.client.run('save', { name, template, description: 'of a test', ...more });
  }

  read(name: string, version?: number): Promise<PromptView> {
    return this.client.run<PromptView>('get', { name, version });
  }

  /** The template on the server, read without the client. */
  async stored(name: string, version?: number): Promise<PromptView> {
    const query = version === undefined ? '' : `?version=${version}`;
    return (await this.ask(`/api/prompts/${encodeURIComponent(name)}${query}`)) as PromptView;
  }

  async storedVersions(name: string): Promise<(number | undefined)[]> {
    const versions = (await this.ask(`/api/prompts/${encodeURIComponent(name)}/versions`)) as PromptView[];
    return versions.map(({ version }) => version);
  }

  private async ask(path: string): Promise<unknown> {
    const headers = { 'x-authorization': this.server.keySecret };
    const response = await fetch(this.server.url + path, { headers });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  }

  async close(): Promise<void> {
    await this.client.stop();
    await this.model.stop();
    await this.server.stop();
  }
}
