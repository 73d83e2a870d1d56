import type { Environment } from '../../../src/config/config.js';
import { call } from '../../support/api.js';

export interface ServerUnderTest {
  readonly url: string;
  /** The two halves of an API key, as Conductor's clients ask for them. */
  readonly keyId: string;
  readonly keySecret: string;
  stop(): Promise<void>;
}

/**
 * A server that the test starts, or the one that `run.sh` names in the environment, with its own configuration. A token
 * is valid for an hour, or for `tokenSeconds`.
 */
export async function serverUnderTest({ tokenSeconds = 3600 } = {}): Promise<ServerUnderTest> {
  const named = namedServer();
  if (named) return named;
  // Imported here, because a running server does not need the sources.
  const { startTestServer } = await import('../../support/test-server.js');
  const settings: Environment = {
    ALLOW_PRIVATE_MODEL_ENDPOINTS: 'true',
    CONDUCTOR_TOKEN_TTL_SECONDS: String(tokenSeconds),
  };
  const server = await startTestServer(settings);
  const input = { name: 'conductor', scopes: ['prompts:read', 'prompts:write', 'versions:publish', 'admin'] };
  const { status, body, text } = await call(server, 'POST', '/v1/api-keys', { token: server.adminKey, json: input });
  if (status !== 201) throw new Error(`no API key: ${text}`);
  return { url: server.url, keyId: body.id, keySecret: body.key, stop: () => server.stop() };
}

function namedServer(): ServerUnderTest | undefined {
  const { PROMPTYARD_URL: url, PROMPTYARD_KEY_ID: keyId, PROMPTYARD_KEY_SECRET: keySecret } = process.env;
  if (!url || !keyId || !keySecret) return undefined;
  return { url, keyId, keySecret, stop: () => Promise.resolve() };
}
