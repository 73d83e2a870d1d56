import { type ApiAnswer, type ApiCall, call } from '../../../support/api.js';
import type { TestServer } from '../../../support/test-server.js';

/** A call of a Conductor client, with the token in the header X-Authorization. */
export function ask(
  server: TestServer,
  method: string,
  path: string,
  token: string,
  { json, headers }: Pick<ApiCall, 'json' | 'headers'> = {},
): Promise<ApiAnswer> {
  return call(server, method, path, { json, headers: { 'x-authorization': token, ...headers } });
}

export interface ProviderOptions {
  readonly type?: string;
  readonly enabled?: boolean;
  readonly restricted?: boolean;
  readonly configuration?: Readonly<Record<string, unknown>>;
}

export function saveProvider(server: TestServer, name: string, input: ProviderOptions = {}): Promise<ApiAnswer> {
  const json = { type: 'openai', category: 'AI_MODEL', description: `Provider ${name}`, enabled: true, ...input };
  return ask(server, 'POST', `/api/integrations/provider/${name}`, server.adminKey, { json });
}

export function saveModel(
  server: TestServer,
  provider: string,
  model: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<ApiAnswer> {
  const json = { enabled: true, description: `Model ${model}`, ...input };
  return ask(server, 'POST', `/api/integrations/provider/${provider}/integration/${model}`, server.adminKey, { json });
}

/** A provider with one model. */
export async function aProvider(
  server: TestServer,
  name: string,
  { model = 'mini', ...input }: ProviderOptions & { readonly model?: string } = {},
): Promise<void> {
  const answers = [await saveProvider(server, name, input), await saveModel(server, name, model)];
  const refused = answers.find(({ status }) => status !== 200);
  if (refused) throw new Error(`no integration: ${refused.text}`);
}
