import { randomUUID } from 'node:crypto';
import { newApiKeySecret } from '../../src/auth/credentials/api-key-secret.js';
import { scopes, type Scope } from '../../src/common/http/access.decorator.js';
import { aGroup, grantTo } from '../support/grants.js';
import {
  aKey,
  anOrganization,
  aUser,
  join,
  type TestOrganization,
  type TestUser,
  userScopes,
} from '../support/people.js';
import type { TestServer } from '../support/test-server.js';

/** Everybody who can stand at the door, in the order of the table's columns. */
export const actors = [
  'stranger',
  'wrong key',
  'expired key',
  'revoked key',
  'key without the scope',
  'key bound elsewhere',
  'other user',
  'member',
  'creator',
  'owner',
  'admin',
  'admin without scope',
  'read grantee',
  'write grantee',
  'group grantee',
] as const;
export type Actor = (typeof actors)[number];

/** The keys of all actors around the prompts of one organization, whose members may read. */
export interface Cast {
  readonly organization: TestOrganization;
  readonly creator: TestUser;
  readonly owner: TestUser;
  /** Every prompt of the organization is granted to these: to a user, and to a group that another user is in. */
  readonly granted: readonly { readonly principal: string; readonly permission: 'read' | 'write' }[];
  /** A key that none of the actors holds. */
  readonly nobodysKeyId: string;
  /** `scope` is what the operation asks for. */
  tokenOf(actor: Actor, scope: Scope): string | undefined;
}

export async function assemble(server: TestServer): Promise<Cast> {
  const organization = await anOrganization(server, { memberAccess: 'read' });
  const [owner, creator, member, other, reader, writer, groupMember, admin] = await Promise.all([
    aUser(server),
    aUser(server),
    aUser(server),
    aUser(server),
    aUser(server),
    aUser(server),
    aUser(server),
    aUser(server, { role: 'admin' }),
  ]);
  await join(server, organization, owner, 'owner');
  await join(server, organization, creator);
  await join(server, organization, member);
  const group = await aGroup(server, [groupMember]);
  const granted = [
    { principal: reader.id, permission: 'read' },
    { principal: writer.id, permission: 'write' },
    { principal: group.id, permission: 'read' },
  ] as const;
  const keys: Record<Actor, string | undefined> = {
    stranger: undefined,
    'wrong key': newApiKeySecret(),
    'expired key': await aKey(server, owner.id, { expiresAt: new Date(Date.now() - 1000) }),
    'revoked key': await aKey(server, owner.id, { isRevoked: true }),
    'key without the scope': undefined,
    'key bound elsewhere': await aKey(server, owner.id, { ownerId: owner.id }),
    'other user': other.key,
    member: member.key,
    creator: creator.key,
    owner: owner.key,
    admin: admin.key,
    'admin without scope': await aKey(server, admin.id, { scopes: userScopes }),
    'read grantee': reader.key,
    'write grantee': writer.key,
    'group grantee': groupMember.key,
  };
  const lacking = new Map<Scope, string>();
  for (const scope of scopes) {
    lacking.set(scope, await aKey(server, owner.id, { scopes: scopes.filter((each) => each !== scope) }));
  }
  const tokenOf = (actor: Actor, scope: Scope) =>
    actor === 'key without the scope' ? lacking.get(scope) : keys[actor];
  return { organization, creator, owner, granted, nobodysKeyId: randomUUID(), tokenOf };
}

export interface Scene {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly version: string;
}

let count = 0;

/** A prompt of the organization that nothing has happened to yet; or only its name and id, when it `exists` not. */
export async function aScene(
  server: TestServer,
  cast: Cast,
  wish: { visibility: 'public' | 'private'; isDeleted: boolean; hasVersion: boolean } | 'nothing',
): Promise<Scene> {
  const scene = { id: randomUUID(), name: `scene-${(count += 1)}`, owner: cast.organization.slug, version: '1.0.0' };
  if (wish === 'nothing') return scene;
  const { pool } = server.database;
  const ownerId = cast.organization.id;
  await pool.query(
    `insert into prompt (id, owner_id, name, description, visibility, latest_version, created_by, deleted_at)
     values ($1, $2, $3, 'Secret words.', $4, $5, $6, $7)`,
    [
      scene.id,
      ownerId,
      scene.name,
      wish.visibility,
      wish.hasVersion ? scene.version : null,
      cast.creator.id,
      wish.isDeleted ? new Date() : null,
    ],
  );
  for (const { principal, permission } of cast.granted) await grantTo(pool, principal, permission, [scene.id]);
  if (!wish.hasVersion) return scene;
  await pool.query('insert into published_name (owner_id, name, prompt_id) values ($1, $2, $3)', [
    ownerId,
    scene.name,
    scene.id,
  ]);
  await pool.query(
    `insert into version (id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by)
     values ($1, $2, $3, 1, 0, 0, $4, $5, 1, '{}', '[]', $6)`,
    [randomUUID(), scene.id, scene.version, `${ownerId}/${scene.name}/1.0.0.tar.gz`, '0'.repeat(64), cast.creator.id],
  );
  return scene;
}
