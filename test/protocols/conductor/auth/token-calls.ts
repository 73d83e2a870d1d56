import { type ApiAnswer, call } from '../../../support/api.js';
import type { TestUser } from '../../../support/users.js';
import type { TestServer } from '../../../support/test-server.js';

export interface KeyPair {
  readonly keyId: string;
  readonly keySecret: string;
}

export const exchange = (server: TestServer, json: object, headers: Readonly<Record<string, string>> = {}) =>
  call(server, 'POST', '/api/token', { json, headers });
export const userInfo = (server: TestServer, xAuthorization: string) =>
  call(server, 'GET', '/api/token/userInfo', { xAuthorization });

/** A key as its holder knows it, which the API gives once. */
export async function aKeyPair(server: TestServer, user: TestUser, input: object = {}): Promise<KeyPair> {
  const json = { name: 'worker', ...input };
  const { body } = await call(server, 'POST', '/v1/api-keys', { token: user.key, json });
  return { keyId: body.id, keySecret: body.key };
}

export async function tokenFor(server: TestServer, credentials: object): Promise<string> {
  const { status, body, text } = await exchange(server, credentials);
  if (status !== 200) throw new Error(`no token: ${text}`);
  return body.token;
}

export function expectRefused({ status, body }: ApiAnswer, error: string | undefined): void {
  expect([status, body.status, body.error, body.retryable]).toEqual([401, 401, error, false]);
}
