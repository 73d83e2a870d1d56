import { randomUUID } from 'node:crypto';
import { hashApiKey, newApiKeySecret } from '../../src/auth/credentials/api-keys/api-key-secret.js';
import type { Role } from '../../src/auth/accounts/account.entity.js';
import type { Scope } from '../../src/common/http/access.decorator.js';
import { call } from './api.js';
import { adminPassword, type TestServer } from './test-server.js';

export const userScopes: readonly Scope[] = ['prompts:read', 'prompts:write', 'versions:publish'];

export interface TestUser {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** An API key with every scope that the user's role allows. */
  readonly key: string;
}

export interface TestOrganization {
  readonly id: string;
  readonly slug: string;
}

let count = 0;
const unique = (word: string) => `${word}-${(count += 1)}`;

/** A user of the server, with a password and a key. */
export async function aUser(
  server: TestServer,
  { username = unique('user'), role = 'user' }: { username?: string; role?: Role } = {},
): Promise<TestUser> {
  const input = { username, email: `${username}@example.com`, password: adminPassword, role };
  const { status, body, text } = await call(server, 'POST', '/v1/users', { token: server.adminKey, json: input });
  if (status !== 201) throw new Error(`no user: ${text}`);
  const scopes: readonly Scope[] = role === 'admin' ? [...userScopes, 'admin'] : userScopes;
  return { ...input, id: body.id, key: await aKey(server, body.id, { scopes }) };
}

/** The same user with a session instead of the key. */
export async function signedIn(server: TestServer, user: TestUser): Promise<TestUser> {
  return { ...user, key: await sessionOf(server, user) };
}

/** A session that is opened with the password. */
export async function sessionOf(server: TestServer, { username, password }: TestUser): Promise<string> {
  const { status, body, text } = await call(server, 'POST', '/v1/auth/login', { json: { username, password } });
  if (status !== 200) throw new Error(`no session: ${text}`);
  return body.token;
}

/** A session that is opened with a key. */
export async function keySessionOf(server: TestServer, keySecret: string): Promise<string> {
  const { rows } = await server.database.pool.query<{ id: string }>('select id from api_key where hash = $1', [
    hashApiKey(keySecret),
  ]);
  const { status, body, text } = await call(server, 'POST', '/api/token', { json: { keyId: rows[0]?.id, keySecret } });
  if (status !== 200) throw new Error(`no session: ${text}`);
  return body.token;
}

export interface KeyOptions {
  readonly scopes?: readonly Scope[];
  readonly expiresAt?: Date;
  readonly isRevoked?: boolean;
  readonly ownerId?: string;
  readonly promptId?: string;
}

const insertKey = `insert into api_key (id, user_id, name, hash, scopes, owner_id, prompt_id, expires_at, revoked_at)
                   values ($1, $2, 'of a test', $3, $4, $5, $6, $7, $8)`;

/** Inserts a key of a user into the database, also an expired or revoked one. */
export async function aKey(server: TestServer, userId: string, options: KeyOptions = {}): Promise<string> {
  const { scopes = userScopes, expiresAt = null, isRevoked = false, ownerId = null, promptId = null } = options;
  const secret = newApiKeySecret();
  const revokedAt = isRevoked ? new Date() : null;
  const values = [randomUUID(), userId, hashApiKey(secret), scopes, ownerId, promptId, expiresAt, revokedAt];
  await server.database.pool.query(insertKey, values);
  return secret;
}

/** Inserts an organization into the database. */
export async function anOrganization(
  server: TestServer,
  { memberAccess = 'read', slug = unique('org') }: { memberAccess?: 'none' | 'read' | 'write'; slug?: string } = {},
): Promise<TestOrganization> {
  const id = randomUUID();
  const insert = `insert into owner (id, kind, slug, member_access) values ($1, 'organization', $2, $3)`;
  await server.database.pool.query(insert, [id, slug, memberAccess]);
  return { id, slug };
}

export async function addMember(
  server: TestServer,
  organization: TestOrganization,
  user: TestUser,
  role: 'owner' | 'member' = 'member',
): Promise<void> {
  const insert = 'insert into membership (organization_id, user_id, role) values ($1, $2, $3)';
  await server.database.pool.query(insert, [organization.id, user.id, role]);
}
