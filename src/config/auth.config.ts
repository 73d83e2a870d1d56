import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { Setting, WholeNumber } from './scalars/scalars.js';

const Secret = Setting.refine((secret) => secret === undefined || secret.length >= 32, {
  error: 'must be at least 32 characters long',
});

export const authSettings = z
  .object({
    ADMIN_USERNAME: Setting.default('admin')
      .refine(
        (name) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 39,
        'must be 1-39 of a-z, 0-9 and single hyphens',
      )
      .describe('Name of the first administrator.'),
    ADMIN_EMAIL: Setting.default('admin@localhost').describe('Address of the first administrator.'),
    ADMIN_PASSWORD: Setting.refine((password) => password === undefined || password.length >= 8, {
      error: 'must be at least 8 characters long',
    }).describe('Password of the first administrator; made and shown once if unset.'),
    JWT_SECRET: Secret.describe('Signs session tokens and file addresses; made in DATA_DIR if unset.'),
    ENCRYPTION_KEY: Secret.describe('Encrypts stored credentials; made in DATA_DIR if unset.'),
    LOGIN_ATTEMPTS_PER_MINUTE: WholeNumber(10, 1).describe(
      'Failed log-ins per minute of an account from one address, from many, or of many accounts from one.',
    ),
  })
  .transform((env) => ({
    adminUsername: env.ADMIN_USERNAME,
    adminEmail: env.ADMIN_EMAIL,
    adminPassword: env.ADMIN_PASSWORD,
    jwtSecret: env.JWT_SECRET,
    encryptionKey: env.ENCRYPTION_KEY,
    loginAttemptsPerMinute: env.LOGIN_ATTEMPTS_PER_MINUTE,
  }));

export type AuthSettings = z.output<typeof authSettings>;

/** The settings together with the secrets, which may come from the data folder. */
export type AuthConfig = Readonly<AuthSettings & { jwtSecret: string; encryptionKey: string }>;
export const AuthConfig = { KEY: getConfigToken('auth') };
