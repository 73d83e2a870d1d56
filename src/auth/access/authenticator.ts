import { Injectable } from '@nestjs/common';
import { hashApiKey, isApiKeySecret } from '../credentials/api-key-secret.js';
import type { Protocol } from '../../common/protocol.js';
import { CredentialsRepository, type Holder } from '../credentials/credentials.repository.js';
import { SessionTokens } from '../credentials/session-tokens.js';
import type { Principal } from './principal.js';

/** Tells who presents a token: an API key or a session token. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly sessions: SessionTokens,
  ) {}

  /** The principal behind the token; undefined when it is no good, `expired` for a session token whose time is over. */
  async principalOf(token: string, via: Protocol): Promise<Principal | 'expired' | undefined> {
    const holder = await this.holderOf(token);
    return typeof holder === 'object' ? { ...holder, via } : holder;
  }

  private async holderOf(token: string): Promise<Holder | 'expired' | undefined> {
    if (isApiKeySecret(token)) return this.credentials.findByKeyHash(hashApiKey(token));
    const claims = await this.sessions.read(token);
    return typeof claims === 'object' ? this.credentials.findBySession(claims) : claims;
  }
}
