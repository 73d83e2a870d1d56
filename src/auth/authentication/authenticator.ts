import { Injectable } from '@nestjs/common';
import { hashApiKey, isApiKeySecret, looksLikeApiKey } from '../credentials/api-keys/api-key-secret.js';
import type { Protocol } from '../../common/protocol.js';
import { CredentialLookup } from '../credentials/credential-lookup.service.js';
import type { CredentialSubject } from '../credentials/credential-cache.js';
import { KeyUseRecorder } from '../credentials/api-keys/key-use-recorder.js';
import { SessionTokenService } from '../credentials/session-token.service.js';
import { ForeignTokens } from './foreign-tokens.js';
import type { Principal } from '../access/principal.js';

/** Why a token is refused, if it is known: it has expired, or its user does not exist. */
type Refusal = 'expired' | 'unknown';

/** Authenticates a token: an API key, a session token, or on Open WebUI a token of another server. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly credentials: CredentialLookup,
    private readonly sessions: SessionTokenService,
    private readonly foreign: ForeignTokens,
    private readonly uses: KeyUseRecorder,
  ) {}

  /** The principal of the token; undefined or a reason if the token is refused. */
  async principalOf(token: string, via: Protocol): Promise<Principal | Refusal | undefined> {
    const holder = await this.holderOf(token, via);
    if (typeof holder !== 'object') return holder;
    if (holder.keyId !== undefined) this.uses.record(holder.keyId);
    // Only Open WebUI answers pending users.
    return holder.isPending && via !== 'open-webui' ? undefined : { ...holder, via };
  }

  private async holderOf(token: string, via: Protocol): Promise<CredentialSubject | Refusal | undefined> {
    if (isApiKeySecret(token)) return this.credentials.findByKeyHash(hashApiKey(token));
    const claims = await this.sessions.read(token);
    if (claims === 'expired') return claims;
    if (claims) return this.credentials.findBySession(claims);
    // A mistyped API key of this server must not be sent to another server.
    return via === 'open-webui' && !looksLikeApiKey(token) ? this.holderElsewhere(token) : undefined;
  }

  private async holderElsewhere(token: string): Promise<CredentialSubject | 'unknown' | undefined> {
    const email = await this.foreign.emailOf(token);
    if (email === undefined) return undefined;
    return (await this.credentials.findByEmail(email)) ?? 'unknown';
  }
}
