import type { Config } from '../generated/client/index.js';
import type { BundledPrompt } from './prompt-data.js';
import type { PromptFailure } from './prompt-failure.js';

export interface PromptsOptions {
  /** Where the server is: `https://prompts.example.com`. */
  baseUrl: string;
  /** API key or token, or what finds one. Copies are shared by all callers, so one `createPrompts` is for one identity. */
  auth?: Config['auth'];
  fetch?: Config['fetch'];
  /** For how long a copy is given without asking whether it still holds: 30 s. */
  maxAgeMs?: number;
  /** For how long after that it is given at once, while it is refreshed behind the caller's back: 1 h. */
  maxStaleMs?: number;
  /** How long the server has for an answer: 10 s. */
  timeoutMs?: number;
  /** For how long the server is left alone after a failure, where there is a copy to give: 5 s, or what it asks for. */
  retryMs?: number;
  /** Copies that are kept, those that were used last: 200. */
  maxEntries?: number;
  /** Computes the digest of every answer, and refuses one that is not what its digest says. */
  verify?: boolean;
  /**
   * What is given where the server has no answer and there is no copy of one: by `owner/name` for every label, by
   * `owner/name@selector` for just that label, revision, version or range.
   */
  fallback?: Readonly<Record<string, BundledPrompt>>;
  /** Hears of each read that failed, also where its caller was given a copy instead. */
  onFailure?: (failure: PromptFailure, prompt: string) => void;
}

const defaults = {
  maxAgeMs: 30_000,
  maxStaleMs: 3_600_000,
  timeoutMs: 10_000,
  retryMs: 5_000,
  maxEntries: 200,
  verify: false,
} satisfies Partial<PromptsOptions>;

export type PromptsSettings = PromptsOptions & Required<Pick<PromptsOptions, keyof typeof defaults>>;

/** What is undefined counts as left out. */
export function withDefaults(options: PromptsOptions): PromptsSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as unknown as PromptsOptions) };
}
