import type { Config } from '../generated/client/index.js';
import type { BundledPrompt } from './prompt-data.js';
import type { PromptFailure } from './prompt-failure.js';

export interface PromptsOptions {
  /** The address of the server: `https://prompts.example.com`. */
  baseUrl: string;
  /**
   * API key or token, or a function that returns one. Callers share the cache, so use one `createPrompts` per identity.
   */
  auth?: Config['auth'];
  fetch?: Config['fetch'];
  /** For how long a copy is fresh: 30 s. */
  maxAgeMs?: number;
  /** For how long after that it is returned at once, while it is refreshed in the background: 1 h. */
  maxStaleMs?: number;
  /** The timeout of a request: 10 s. */
  timeoutMs?: number;
  /** The back-off after a failure if there is a copy: 5 s, or the delay that the server asks for. */
  retryMs?: number;
  /** The maximum number of cached copies: 200. The least recently used ones are removed. */
  maxEntries?: number;
  /** Computes the digest of every answer, and refuses answers with a wrong digest. */
  verify?: boolean;
  /**
   * Bundled copies for the case that the server does not answer and nothing is cached: by `owner/name` for every label,
   * by `owner/name@selector` for that label, revision, version or range only.
   */
  fallback?: Readonly<Record<string, BundledPrompt>>;
  /** Called for each failed request, also if the caller got a copy instead. */
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

/** Undefined options get their defaults. */
export function withDefaults(options: PromptsOptions): PromptsSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as unknown as PromptsOptions) };
}
