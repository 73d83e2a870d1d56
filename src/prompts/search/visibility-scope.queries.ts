import type { Parameters } from './parameters.js';

/**
 * A set of prompts that the same callers may read: all public or all private ones, those of one owner, those that one
 * account created there, a single prompt, or those with one reader. What a caller may read is a list of scopes. Only
 * scopes with a reader overlap with others. Each scope has an index for every order and is a key of the search index,
 * so that prompts outside of it cost nothing.
 */
export interface VisibilityScope {
  readonly visibility: 'public' | 'private';
  readonly ownerId?: string;
  readonly createdBy?: string;
  readonly promptId?: string;
  /** The grantee as the database stores it: `read/` or `write/`, then an id or `*`. */
  readonly reader?: string;
}

export const publicScope: VisibilityScope = { visibility: 'public' };

/**
 * SQL condition: whether the prompt `p` is not deleted and is in one of the scopes. Every statement that lists prompts
 * has it; for one prompt `access-policy.ts` decides.
 */
export function visibleIn(scopes: readonly VisibilityScope[], parameters: Parameters): string {
  const conditions = scopes.map((scope) => `(${promptCondition(scope, parameters)})`);
  return `p.deleted_at is null and (${conditions.join(' or ') || 'false'})`;
}

/**
 * SQL condition: whether the row `p` of the scope's table is in the scope. The table is `prompt_reader` if the scope
 * has a reader, else `prompt` or `prompt_search`.
 */
export function scopeCondition(scope: VisibilityScope, parameters: Parameters): string {
  if (scope.reader) return [`p.reader = ${parameters.add(scope.reader)}`, ...ownedBy(scope, parameters)].join(' and ');
  const conditions = [`p.visibility = '${scope.visibility}'`, ...ownedBy(scope, parameters)];
  if (scope.createdBy) conditions.push(`p.created_by = ${parameters.add(scope.createdBy)}`);
  if (scope.promptId) conditions.push(`p.id = ${parameters.add(scope.promptId)}`);
  return conditions.join(' and ');
}

/** The scopes, restricted to prompts of the owner. */
export function restrictToOwner(scopes: readonly VisibilityScope[], ownerId: string): VisibilityScope[] {
  return scopes
    .filter((scope) => scope.ownerId === undefined || scope.ownerId === ownerId)
    .map((scope) => ({ ...scope, ownerId }));
}

function promptCondition(scope: VisibilityScope, parameters: Parameters): string {
  if (!scope.reader) return scopeCondition(scope, parameters);
  const reader = parameters.add(scope.reader, 'text');
  const isReader = `${reader} = any ((select readers from prompt_search where id = p.id)::text[])`;
  return [isReader, ...ownedBy(scope, parameters)].join(' and ');
}

function ownedBy({ ownerId }: VisibilityScope, parameters: Parameters): string[] {
  return ownerId ? [`p.owner_id = ${parameters.add(ownerId)}`] : [];
}
