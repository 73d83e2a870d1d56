import type { OnApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { LruMap } from 'toad-cache';
import { ForeignTokens } from '../../../../auth/authentication/foreign-tokens.js';
import type { OpenWebUiClient } from './open-webui.client.js';

const maxEntries = 5_000;
const acceptedTtlMs = 60_000;
const refusedTtlMs = 10_000;

/** The syntax of a bearer token (RFC 6750). */
const bearerPattern = /^[\w.~+/-]{1,8192}=*$/;

/**
 * Verifies tokens of another Open WebUI server. Accepted tokens are cached for a minute, refused ones for ten seconds,
 * by their hash. The user is looked up in this database each time.
 */
export class OpenWebUiTokenVerifier extends ForeignTokens implements OnApplicationShutdown {
  private readonly emails = new LruMap<string>(maxEntries, acceptedTtlMs);
  // In a cache of their own, so that a flood of bad tokens does not evict the good ones.
  private readonly refused = new LruMap<true>(maxEntries, refusedTtlMs);
  private readonly pending = new Map<string, Promise<string | undefined>>();

  constructor(private readonly client: OpenWebUiClient) {
    super();
  }

  async emailOf(token: string): Promise<string | undefined> {
    if (!bearerPattern.test(token)) return undefined;
    const key = createHash('sha256').update(token).digest('base64');
    if (this.refused.get(key)) return undefined;
    return this.emails.get(key) ?? this.pending.get(key) ?? this.verify(key, token);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Concurrent requests with the same token share one call. */
  private verify(key: string, token: string): Promise<string | undefined> {
    const verification = this.client
      .emailOf(token)
      .then((email) => {
        if (email === undefined) this.refused.set(key, true);
        else this.emails.set(key, email);
        return email;
      })
      .finally(() => this.pending.delete(key));
    this.pending.set(key, verification);
    return verification;
  }
}
