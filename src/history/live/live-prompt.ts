import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import type { Permission } from '../../auth/access/access-policy.js';

/** A grant on a prompt, as part of a live prompt. */
export interface LiveGrant {
  readonly id: string;
  readonly principalType: 'user' | 'group';
  /** Id of the user or group, or `*`. */
  readonly principalId: string;
  readonly permission: Permission;
  /** Seconds since 1970. */
  readonly createdAt: number;
}

/** A live prompt: its own fields, and the content of its production revision. */
export interface LivePrompt {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly title: string | null;
  readonly content: string;
  readonly syntax: TemplateSyntax;
  readonly data: JsonObject;
  readonly meta: JsonObject;
  readonly tags: readonly string[];
  readonly isActive: boolean;
  readonly createdBy: string;
  /** Id of the production revision; null if the label has been deleted and the newest revision is used instead. */
  readonly productionId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly grants: readonly LiveGrant[];
}
