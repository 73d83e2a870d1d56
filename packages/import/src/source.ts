import type { JsonObject } from '@promptyard/template/json.js';

/** A state of a prompt, as another system keeps it. */
export interface SourceRevision {
  /** What the source calls it: a number or an id, unique within the prompt. */
  readonly version: string;
  readonly content: string;
  readonly syntax: 'braces' | 'dollar';
  readonly title?: string | undefined;
  readonly description: string;
  readonly tags: readonly string[];
  readonly settings: JsonObject;
  readonly data: JsonObject;
  readonly meta: JsonObject;
  readonly message: string;
  readonly author?: string | undefined;
  /** RFC 3339. */
  readonly at?: string | undefined;
  /** Labels that point to it. */
  readonly labels: readonly string[];
  /** Conductor's number of it. */
  readonly conductorVersion?: number | undefined;
}

export interface SourcePrompt {
  /** Unique within the source, and the same in every run. */
  readonly id: string;
  readonly name: string;
  /** Whether its clients call it by this very name, so that it may not become a slug. */
  readonly keepsName: boolean;
  /** Oldest first, at least one. */
  readonly revisions: readonly [SourceRevision, ...SourceRevision[]];
}

/** What cannot be brought over, and why. */
export interface Refusal {
  readonly item: string;
  readonly reason: string;
}

export interface ListedPrompt {
  /** How the report calls it. */
  readonly label: string;
  load(): Promise<SourcePrompt>;
}

export interface Listing {
  readonly prompts: readonly ListedPrompt[];
  /** What is no prompt at all. */
  readonly refused?: readonly Refusal[];
}

/** Another system, or a file of it. */
export interface Source {
  /** `langfuse`, `conductor`, ... */
  readonly kind: string;
  /** Address of a server; nothing for a file. */
  readonly from?: string | undefined;
  list(): Promise<Listing>;
}

/** The one that its clients read: the last that production points to. */
export function liveRevisionOf({ revisions }: SourcePrompt): SourceRevision {
  return revisions.findLast(({ labels }) => labels.includes('production')) ?? revisions[0];
}
