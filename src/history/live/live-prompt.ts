import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import type { Permission } from '../../auth/access/access-policy.js';

/** A grant on a prompt, as part of a live prompt. */
export interface LiveGrant {
  readonly id: string;
  readonly principal_type: 'user' | 'group';
  /** Id of the user or group, or `*`. */
  readonly principal_id: string;
  readonly permission: Permission;
  /** Seconds since 1970. */
  readonly created_at: number;
}

/** A live prompt: its own fields, and the content of its production revision. */
export interface LivePrompt {
  readonly id: string;
  readonly owner_id: string;
  readonly name: string;
  readonly title: string | null;
  readonly content: string;
  readonly syntax: TemplateSyntax;
  readonly data: JsonObject;
  readonly meta: JsonObject;
  readonly tags: readonly string[];
  readonly is_active: boolean;
  readonly created_by: string;
  /** Id of the production revision; null if the label has been deleted and the newest revision is used instead. */
  readonly production_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly grants: readonly LiveGrant[];
}
