import { Injectable } from '@nestjs/common';
import { isUuid } from '../../common/http/scalars.js';
import { WrongKeyPair } from '../auth.errors.js';
import { hashApiKey, isApiKeySecret } from './api-key-secret.js';
import { CredentialLookup } from './credential-lookup.service.js';
import { KeyUseRecorder } from './key-use-recorder.js';
import { LoginLimiter } from './logins/login-limiter.js';
import { type SessionToken, SessionTokens } from './session-tokens.js';

/** An API key by its id, with the secret that proves it. */
export interface KeyPair {
  readonly keyId: string;
  readonly keySecret: string;
}

/** Opens sessions for those who hold an API key, with that key's rights and no longer than it is good. */
@Injectable()
export class KeySessionsService {
  constructor(
    private readonly credentials: CredentialLookup,
    private readonly limiter: LoginLimiter,
    private readonly sessions: SessionTokens,
    private readonly uses: KeyUseRecorder,
  ) {}

  /** @throws WrongKeyPair, TooManyLogins */
  async open({ keyId, keySecret }: KeyPair, address: string, lifetimeSeconds: number): Promise<SessionToken> {
    const canExist = isUuid(keyId) && isApiKeySecret(keySecret);
    const session = canExist ? await this.credentials.findByKeyPair(keyId, hashApiKey(keySecret)) : undefined;
    if (session) {
      this.uses.note(keyId);
      return this.sessions.issue(session.claims, lifetimeSeconds, session.expiresAt);
    }
    await this.limiter.countFailure(keyId, address);
    throw WrongKeyPair();
  }
}
