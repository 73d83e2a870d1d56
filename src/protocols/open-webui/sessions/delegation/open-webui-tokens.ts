import type { OnApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { LruMap } from 'toad-cache';
import { ForeignTokens } from '../../../../auth/authentication/foreign-tokens.js';
import type { OpenWebUiServer } from './open-webui-server.js';

const mostKept = 5_000;
const keptMs = 60_000;
const refusalKeptMs = 10_000;

/** What can be sent as a bearer at all (RFC 6750). */
const sendable = /^[\w.~+/-]{1,8192}=*$/;

/**
 * Tokens of another server of Open WebUI. What it says is kept for a minute, what it refuses for ten seconds, by the
 * token's hash; whether the user is still one here is asked each time.
 */
export class OpenWebUiTokens extends ForeignTokens implements OnApplicationShutdown {
  private readonly emails = new LruMap<string>(mostKept, keptMs);
  // Apart, so that no flood of bad tokens drives out the good ones.
  private readonly refused = new LruMap<true>(mostKept, refusalKeptMs);
  private readonly asking = new Map<string, Promise<string | undefined>>();

  constructor(private readonly server: OpenWebUiServer) {
    super();
  }

  async emailOf(token: string): Promise<string | undefined> {
    if (!sendable.test(token)) return undefined;
    const key = createHash('sha256').update(token).digest('base64');
    if (this.refused.get(key)) return undefined;
    return this.emails.get(key) ?? this.asking.get(key) ?? this.ask(key, token);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
  }

  /** Once for all who present the token at the same time. */
  private ask(key: string, token: string): Promise<string | undefined> {
    const asked = this.server
      .emailOf(token)
      .then((email) => {
        if (email === undefined) this.refused.set(key, true);
        else this.emails.set(key, email);
        return email;
      })
      .finally(() => this.asking.delete(key));
    this.asking.set(key, asked);
    return asked;
  }
}
