import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';
import { AuditLedger } from '../../../auth/audit/audit-ledger.js';
import { AdminsOnly } from '../../../auth/auth.errors.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Database } from '../../../database/database.js';
import type { Grantee } from '../../../prompts/grants/grant.js';
import { actingOwner } from '../../acting-owner.js';
import { IntegrationGrantsRepository } from '../integrations/integration-grants.repository.js';
import { IntegrationNotFound } from '../integrations/integrations.errors.js';
import { IntegrationsRepository } from '../integrations/integrations.repository.js';
import { permissionsOf, toPermissions } from './access-words.js';
import type { Authorization, Permissions } from './permissions.dto.js';
import { Subjects } from './subjects.js';

/** Who may use a provider: with the first who is granted it, it is restricted to those who are. */
@Injectable()
export class IntegrationPermissions {
  constructor(
    private readonly database: Database,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly integrations: IntegrationsRepository,
    private readonly grants: IntegrationGrantsRepository,
    private readonly subjects: Subjects,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws AdminsOnly, IntegrationNotFound */
  async list(name: string, me: Principal): Promise<Permissions> {
    assertAdmin(me);
    const { id } = await this.owners.get(actingOwner(me));
    const provider = await this.integrations.find(id, name, me);
    if (!provider) throw IntegrationNotFound({ integration: name });
    const users = await this.grants.of(provider.id);
    return toPermissions(users.map((user) => ({ ...user, permission: 'read' })));
  }

  /** @throws AdminsOnly, IntegrationNotFound; ValidationFailed for a subject that does not exist, and for writing */
  add(wish: Authorization, me: Principal): Promise<void> {
    return this.change(wish, me, 'granted', (id, grantee) => this.grants.add(id, grantee));
  }

  /** @throws as add() does */
  remove(wish: Authorization, me: Principal): Promise<void> {
    return this.change(wish, me, 'revoked', (id, grantee) => this.grants.remove(id, grantee));
  }

  private async change(
    { subject, target: { id: name }, access }: Authorization,
    me: Principal,
    what: 'granted' | 'revoked',
    change: (providerId: string, grantee: Grantee) => Promise<void>,
  ): Promise<void> {
    assertAdmin(me);
    if (permissionsOf(access).includes('write')) throw ValidationFailed({ access: 'must be READ or EXECUTE' });
    const owner = await this.owners.get(actingOwner(me));
    await this.database.transaction(async () => {
      const grantee = await this.subjects.find(subject);
      const id = await this.integrations.lock(owner.id, name);
      if (id === undefined) throw IntegrationNotFound({ integration: name });
      await change(id, grantee);
      const details = { [what]: `${subject.type} ${subject.id}` };
      await this.audit.record(me, { action: 'integration.save', subject: `${owner.slug}/${name}`, details });
    });
  }
}

function assertAdmin(me: Principal): void {
  if (!actsAsAdmin(me)) throw AdminsOnly();
}
