import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable } from '@nestjs/common';
import { createHmac, randomUUID } from 'node:crypto';
import { AuthConfig } from '../../config/auth.config.js';
import { scopes } from '../../common/http/access.decorator.js';
import { AuditRecorder } from '../audit/audit-recorder.js';
import { ApiKey } from '../credentials/api-keys/api-key.entity.js';
import { hashApiKey, newApiKeySecret } from '../credentials/api-keys/api-key-secret.js';
import { Account } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { Owner, workspaceSlug } from '../accounts/owner.entity.js';
import { hashPassword, newPassword } from '../accounts/passwords.js';
import { lockBootstrap } from './bootstrap.queries.js';
import { Setting } from './setting.entity.js';

/** The key of the advisory lock under which one process at a time looks whether there is something to do. */
const bootstrapLockKey = 7_305_808;

/** The credentials that the first start creates and shows once. */
export interface FirstLogin {
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
}

/**
 * Another server uses this database with another secret. Starting would invalidate its sessions and its encrypted data.
 */
export class SecretMismatch extends Error {
  constructor(setting: string) {
    super(`This database belongs to servers with another ${setting}: give this one the same, or another database.`);
    this.name = 'SecretMismatch';
  }
}

/** Creates the workspace and the first administrator in an empty database, and stores fingerprints of the secrets. */
@Injectable()
export class BootstrapService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Account) private readonly accounts: AccountRepository,
    private readonly audit: AuditRecorder,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  /** The credentials of the first administrator if this call created them, else undefined. @throws SecretMismatch */
  async prepare(): Promise<FirstLogin | undefined> {
    return this.em.transactional(async () => {
      await this.em.execute(lockBootstrap, [bootstrapLockKey]);
      await this.checkSecret('JWT_SECRET', this.config.jwtSecret);
      await this.checkSecret('ENCRYPTION_KEY', this.config.encryptionKey);
      if (await this.em.findOne(Owner, { slug: workspaceSlug })) return undefined;
      return this.createAdmin();
    });
  }

  private async checkSecret(setting: string, secret: string): Promise<void> {
    const fingerprint = createHmac('sha256', secret).update(`fingerprint of ${setting}`).digest('hex');
    const stored = await this.em.findOne(Setting, { name: setting });
    if (!stored) this.em.create(Setting, { name: setting, value: fingerprint });
    else if (stored.value !== fingerprint) throw new SecretMismatch(setting);
  }

  private async createAdmin(): Promise<FirstLogin> {
    const password = this.config.adminPassword ?? newPassword();
    const passwordHash = await hashPassword(password);
    this.em.create(Owner, { id: randomUUID(), kind: 'organization', slug: workspaceSlug, memberAccess: 'none' });
    await this.em.flush();
    const { adminUsername: username, adminEmail: email } = this.config;
    const admin = { id: randomUUID(), email, passwordHash, role: 'admin' as const };
    await this.accounts.add(admin, username);
    await this.audit.record('server', { action: 'user.create', subject: username, details: { role: admin.role } });
    const apiKey = newApiKeySecret();
    const key = { id: randomUUID(), userId: admin.id, name: 'first start', scopes: [...scopes] };
    this.em.create(ApiKey, { ...key, hash: hashApiKey(apiKey) });
    const details = { name: key.name, scopes: key.scopes };
    await this.audit.record('server', { action: 'key.create', subject: key.id, details });
    return { username, password, apiKey };
  }
}
