import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AuthConfig } from '../../config/auth.config.js';
import { deriveKey } from '../../config/secrets.js';

/** The claims of a session token: its user, the version of the password, and the key that opened the session. */
export interface SessionClaims {
  readonly userId: string;
  readonly passwordVersion: number;
  readonly keyId: string | undefined;
}

export interface SessionToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export const sessionLifetimeSeconds = 60 * 60;
const algorithm = 'HS256';
const issuer = 'promptyard';

/** Loaded at first use, because most requests come with keys, or with none. */
const loadLibrary = () => import('jose');

/** Issues and verifies session tokens (JWT). */
@Injectable()
export class SessionTokenService {
  private readonly key: Buffer;

  constructor(@Inject(AuthConfig.KEY) config: AuthConfig) {
    this.key = deriveKey(config.jwtSecret, 'session tokens');
  }

  /** @param latestExpiry when what the session is opened with ends, and the session with it */
  async issue(
    claims: SessionClaims,
    lifetimeSeconds = sessionLifetimeSeconds,
    latestExpiry = new Date(8.64e15),
  ): Promise<SessionToken> {
    const { SignJWT } = await loadLibrary();
    const seconds = Math.floor(Math.min(Date.now() + lifetimeSeconds * 1000, latestExpiry.getTime()) / 1000);
    const expiresAt = new Date(seconds * 1000);
    const token = await new SignJWT({ pv: claims.passwordVersion, ...(claims.keyId ? { key: claims.keyId } : {}) })
      .setProtectedHeader({ alg: algorithm })
      .setIssuer(issuer)
      .setSubject(claims.userId)
      // Two tokens of the same second differ, because clients compare a new token with the old one.
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(this.key);
    return { token, expiresAt };
  }

  /** The claims of a token that this server has issued; `expired` if it has expired, undefined for anything else. */
  async read(token: string): Promise<SessionClaims | 'expired' | undefined> {
    const { errors, jwtVerify } = await loadLibrary();
    try {
      const { payload } = await jwtVerify(token, this.key, { issuer, algorithms: [algorithm] });
      if (typeof payload.sub !== 'string' || typeof payload.pv !== 'number') return undefined;
      const keyId = typeof payload.key === 'string' ? payload.key : undefined;
      return { userId: payload.sub, passwordVersion: payload.pv, keyId };
    } catch (error) {
      // The signature is checked first, so that an expired token was issued by this server.
      return error instanceof errors.JWTExpired ? 'expired' : undefined;
    }
  }
}
