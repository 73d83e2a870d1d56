import { Inject, Injectable } from '@nestjs/common';
import { createHmac, randomUUID } from 'node:crypto';
import { AuthConfig } from '../../config/auth.config.js';
import { Database } from '../../database/database.js';
import { scopes } from '../../common/http/access.decorator.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { ApiKey } from '../credentials/api-key.entity.js';
import { hashApiKey, newApiKeySecret } from '../credentials/api-key-secret.js';
import { hashPassword, newPassword } from '../credentials/passwords.js';
import { Owner, workspaceSlug } from './owner.entity.js';
import { UsersRepository } from './users.repository.js';

/** What the first start makes and shows once. */
export interface FirstLogin {
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
}

/** Another server uses this database with another secret: going on would void its sessions and its encrypted data. */
export class SecretMismatch extends Error {
  constructor(setting: string) {
    super(`This database belongs to servers with another ${setting}: give this one the same, or another database.`);
    this.name = 'SecretMismatch';
  }
}

const firstStartLock = 7_305_808; // one at a time, over all processes
const remember = { text: 'insert into setting (name, value) values ($1, $2) on conflict (name) do nothing' };
const recall = { text: 'select value from setting where name = $1' };

/** Gives an empty database its workspace and its first admin, and ties it to this installation's secrets. */
@Injectable()
export class FirstStart {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly audit: AuditLedger,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  /** The first admin's credentials if this call made them, else undefined. @throws SecretMismatch */
  async prepare(): Promise<FirstLogin | undefined> {
    return this.database.transaction(async () => {
      await this.database.query({ text: 'select pg_advisory_xact_lock($1)' }, [firstStartLock]);
      await this.checkSecret('JWT_SECRET', this.config.jwtSecret);
      await this.checkSecret('ENCRYPTION_KEY', this.config.encryptionKey);
      if (await this.database.em.findOne(Owner, { slug: workspaceSlug })) return undefined;
      return this.makeAdmin();
    });
  }

  private async checkSecret(setting: string, secret: string): Promise<void> {
    const fingerprint = createHmac('sha256', secret).update(`fingerprint of ${setting}`).digest('hex');
    await this.database.query(remember, [setting, fingerprint]);
    const [known] = await this.database.query<{ value: string }>(recall, [setting]);
    if (known?.value !== fingerprint) throw new SecretMismatch(setting);
  }

  private async makeAdmin(): Promise<FirstLogin> {
    const password = this.config.adminPassword ?? newPassword();
    const passwordHash = await hashPassword(password);
    const { em } = this.database;
    em.create(Owner, { id: randomUUID(), kind: 'organization', slug: workspaceSlug, memberAccess: 'none' });
    await em.flush();
    const { adminUsername: username, adminEmail: email } = this.config;
    const admin = { id: randomUUID(), email, passwordHash, role: 'admin' as const };
    await this.users.insert(admin, username);
    await this.audit.record('server', { action: 'user.create', subject: username, details: { role: admin.role } });
    const apiKey = newApiKeySecret();
    const key = { id: randomUUID(), userId: admin.id, name: 'first start', scopes: [...scopes] };
    em.create(ApiKey, { ...key, hash: hashApiKey(apiKey) });
    await em.flush();
    const details = { name: key.name, scopes: key.scopes };
    await this.audit.record('server', { action: 'key.create', subject: key.id, details });
    return { username, password, apiKey };
  }
}
