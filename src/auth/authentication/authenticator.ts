import { Injectable } from '@nestjs/common';
import { hashApiKey, isApiKeySecret, looksLikeApiKey } from '../credentials/api-key-secret.js';
import type { Protocol } from '../../common/protocol.js';
import { CredentialLookup } from '../credentials/credential-lookup.service.js';
import type { Holder } from '../credentials/known-holders.js';
import { KeyUseRecorder } from '../credentials/key-use-recorder.js';
import { SessionTokens } from '../credentials/session-tokens.js';
import { ForeignTokens } from './foreign-tokens.js';
import type { Principal } from '../access/principal.js';

/** Why a token is no good, where it can be told: its time is over, or its user does not exist. */
type Refusal = 'expired' | 'unknown';

/** Tells who presents a token: an API key, a session token, or on Open WebUI a token of another server. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly credentials: CredentialLookup,
    private readonly sessions: SessionTokens,
    private readonly foreign: ForeignTokens,
    private readonly uses: KeyUseRecorder,
  ) {}

  /** The principal behind the token; undefined or a reason when it is no good. */
  async principalOf(token: string, via: Protocol): Promise<Principal | Refusal | undefined> {
    const holder = await this.holderOf(token, via);
    if (typeof holder !== 'object') return holder;
    if (holder.keyId !== undefined) this.uses.note(holder.keyId);
    // Open WebUI alone has something to say to those who wait to be let in.
    return holder.isPending && via !== 'open-webui' ? undefined : { ...holder, via };
  }

  private async holderOf(token: string, via: Protocol): Promise<Holder | Refusal | undefined> {
    if (isApiKeySecret(token)) return this.credentials.findByKeyHash(hashApiKey(token));
    const claims = await this.sessions.read(token);
    if (claims === 'expired') return claims;
    if (claims) return this.credentials.findBySession(claims);
    // A mistyped key of ours is nothing to show to others.
    return via === 'open-webui' && !looksLikeApiKey(token) ? this.holderElsewhere(token) : undefined;
  }

  private async holderElsewhere(token: string): Promise<Holder | 'unknown' | undefined> {
    const email = await this.foreign.emailOf(token);
    if (email === undefined) return undefined;
    return (await this.credentials.findByEmail(email)) ?? 'unknown';
  }
}
