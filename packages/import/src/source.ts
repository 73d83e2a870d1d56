import type { JsonObject } from '@promptyard/template/json.js';

/** A revision of a prompt in another system. */
export interface SourceRevision {
  /** The source's number or id of it, unique within the prompt. */
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
  /** Its version in Conductor. */
  readonly conductorVersion?: number | undefined;
}

export interface SourcePrompt {
  /** Unique within the source, and the same in every run. */
  readonly id: string;
  readonly name: string;
  /** Whether clients use this exact name, so that it must not become a slug. */
  readonly keepsName: boolean;
  /** Oldest first, at least one. */
  readonly revisions: readonly [SourceRevision, ...SourceRevision[]];
}

/** An item that cannot be imported, with the reason. */
export interface Refusal {
  readonly item: string;
  readonly reason: string;
}

export interface ListedPrompt {
  /** Its name in the report. */
  readonly label: string;
  load(): Promise<SourcePrompt>;
}

export interface Listing {
  readonly prompts: readonly ListedPrompt[];
  /** Invalid items. */
  readonly refused?: readonly Refusal[];
}

/** Another system, or a file of it. */
export interface Source {
  /** `langfuse`, `conductor`, ... */
  readonly kind: string;
  /** Address of a server; undefined for a file. */
  readonly from?: string | undefined;
  list(): Promise<Listing>;
}

/** The revision that clients read: the last one with the label production. */
export function liveRevisionOf({ revisions }: SourcePrompt): SourceRevision {
  return revisions.findLast(({ labels }) => labels.includes('production')) ?? revisions[0];
}
