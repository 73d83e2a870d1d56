import { Injectable } from '@nestjs/common';
import { isUuid } from '../../common/http/scalars.js';
import { WrongKeyPair } from '../auth.errors.js';
import { hashApiKey, isApiKeySecret } from './api-keys/api-key-secret.js';
import { CredentialLookup } from './credential-lookup.service.js';
import { KeyUseRecorder } from './api-keys/key-use-recorder.js';
import { LoginLimiter } from './logins/login-limiter.js';
import { type SessionToken, SessionTokenService } from './session-token.service.js';

/** An API key by its id, with the secret that proves it. */
export interface KeyPair {
  readonly keyId: string;
  readonly keySecret: string;
}

/** Opens sessions for API keys, with the rights of the key and not longer than its validity. */
@Injectable()
export class KeySessionsService {
  constructor(
    private readonly credentials: CredentialLookup,
    private readonly limiter: LoginLimiter,
    private readonly sessions: SessionTokenService,
    private readonly uses: KeyUseRecorder,
  ) {}

  /** @throws WrongKeyPair, TooManyLogins */
  async open({ keyId, keySecret }: KeyPair, address: string, lifetimeSeconds: number): Promise<SessionToken> {
    const canExist = isUuid(keyId) && isApiKeySecret(keySecret);
    const session = canExist ? await this.credentials.findByKeyPair(keyId, hashApiKey(keySecret)) : undefined;
    if (session) {
      this.uses.record(keyId);
      return this.sessions.issue(session.claims, lifetimeSeconds, session.expiresAt);
    }
    await this.limiter.countFailure(keyId, address);
    throw WrongKeyPair();
  }
}
