import { randomUUID } from 'node:crypto';
import { newApiKeySecret } from '../../src/auth/credentials/api-keys/api-key-secret.js';
import { scopes, type Scope } from '../../src/common/http/access.decorator.js';
import { aGroup } from '../support/grants.js';
import {
  aKey,
  anOrganization,
  aUser,
  addMember,
  keySessionOf,
  sessionOf,
  type TestOrganization,
  type TestUser,
  userScopes,
} from '../support/users.js';
import type { TestServer } from '../support/test-server.js';

/** All kinds of callers, in the order of the table's columns. */
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
export interface AccessActors {
  readonly server: TestServer;
  readonly organization: TestOrganization;
  readonly creator: TestUser;
  readonly owner: TestUser;
  /** The grants on every prompt of the organization: to a user, and to a group of another user. */
  readonly granted: readonly { readonly principal: string; readonly permission: 'read' | 'write' }[];
  /** The ids of all users. */
  readonly userIds: readonly string[];
  /** The id of a key that belongs to none of the actors. */
  readonly unusedKeyId: string;
  /** `scope` is the scope that the operation requires. */
  tokenOf(actor: Actor, scope: Scope): string | undefined;
  /** The same, with a key that is bound to the organization, for protocols that act in one owner. */
  boundTokenOf(actor: Actor, scope: Scope): string | undefined;
  /** A password session for users, and a session that the key opened for keys. */
  sessionOf(actor: Actor): string | undefined;
}

export async function createAccessActors(server: TestServer): Promise<AccessActors> {
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
  await addMember(server, organization, owner, 'owner');
  await addMember(server, organization, creator);
  await addMember(server, organization, member);
  const group = await aGroup(server, [groupMember]);
  const granted = [
    { principal: reader.id, permission: 'read' },
    { principal: writer.id, permission: 'write' },
    { principal: group.id, permission: 'read' },
  ] as const;
  const none = {
    stranger: undefined,
    'wrong key': newApiKeySecret(),
    'expired key': await aKey(server, owner.id, { expiresAt: new Date(Date.now() - 1000) }),
    'revoked key': await aKey(server, owner.id, { isRevoked: true }),
    'key without the scope': undefined,
    'key bound elsewhere': await aKey(server, owner.id, { ownerId: owner.id }),
  };
  const keys: Record<Actor, string | undefined> = {
    ...none,
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
  const bound = (user: TestUser, allowed = userScopes) =>
    aKey(server, user.id, { scopes: allowed, ownerId: organization.id });
  const boundKeys: Record<Actor, string | undefined> = {
    ...none,
    'other user': await bound(other),
    member: await bound(member),
    creator: await bound(creator),
    owner: await bound(owner),
    admin: await bound(admin, scopes),
    'admin without scope': await bound(admin),
    'read grantee': await bound(reader),
    'write grantee': await bound(writer),
    'group grantee': await bound(groupMember),
  };
  const [lacking, boundLacking] = [new Map<Scope, string>(), new Map<Scope, string>()];
  for (const scope of scopes) {
    const others = scopes.filter((each) => each !== scope);
    lacking.set(scope, await aKey(server, owner.id, { scopes: others }));
    boundLacking.set(scope, await bound(owner, others));
  }
  const tokenOf = (actor: Actor, scope: Scope) =>
    actor === 'key without the scope' ? lacking.get(scope) : keys[actor];
  const boundTokenOf = (actor: Actor, scope: Scope) =>
    actor === 'key without the scope' ? boundLacking.get(scope) : boundKeys[actor];
  const sessions: Record<Actor, string | undefined> = {
    ...none,
    'key without the scope': await keySessionOf(server, owner.key),
    'key bound elsewhere': await keySessionOf(server, none['key bound elsewhere']),
    'other user': await sessionOf(server, other),
    member: await sessionOf(server, member),
    creator: await sessionOf(server, creator),
    owner: await sessionOf(server, owner),
    admin: await sessionOf(server, admin),
    'admin without scope': await keySessionOf(server, keys['admin without scope'] ?? ''),
    'read grantee': await sessionOf(server, reader),
    'write grantee': await sessionOf(server, writer),
    'group grantee': await sessionOf(server, groupMember),
  };
  const userIds = [owner, creator, member, other, reader, writer, groupMember, admin].map(({ id }) => id);
  const known = { server, organization, creator, owner, granted, userIds, unusedKeyId: randomUUID() };
  return { ...known, tokenOf, boundTokenOf, sessionOf: (actor) => sessions[actor] };
}
