import type { Permission } from '../../../auth/access/access-policy.js';
import type { Grantee } from '../../../prompts/grants/grant.js';
import type { Access, Permissions, Subject } from './permissions.dto.js';

const wordsOf: Record<Permission, readonly Access[]> = { read: ['READ', 'EXECUTE'], write: ['UPDATE', 'DELETE'] };

/** The permissions of this protocol's access words, each once. */
export function permissionsOf(access: readonly Access[]): Permission[] {
  const permissions: readonly Permission[] = ['read', 'write'];
  return permissions.filter((permission) => wordsOf[permission].some((word) => access.includes(word)));
}

/** A permission and its grantee. */
export interface NamedPermission {
  readonly principalType: Grantee['principalType'];
  readonly name: string;
  readonly permission: Permission;
}

/** The grantees of each access word. A word without grantees is left out. */
export function toPermissions(grants: readonly NamedPermission[]): Permissions {
  const permissions: Permissions = {};
  for (const { principalType, name, permission } of grants) {
    const subject = { type: principalType === 'user' ? 'USER' : 'GROUP', id: name };
    for (const word of wordsOf[permission]) (permissions[word] ??= []).push(subject);
  }
  return permissions;
}

/** A subject as the product's grants name it. */
export function toGranteeName({ type, id }: Subject) {
  return { principalType: type === 'USER' ? ('user' as const) : ('group' as const), principal: id };
}
