import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';
import { AuditLedger } from '../../../auth/audit/audit-ledger.js';
import { AdminsOnly } from '../../../auth/auth.errors.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import type { Grantee } from '../../../prompts/grants/grant.js';
import { IntegrationGrant } from '../integrations/integration-grant.entity.js';
import { IntegrationGrantRepository } from '../integrations/integration-grant.repository.js';
import type { Integration } from '../integrations/integration.entity.js';
import { Integrations } from '../integrations/integrations.service.js';
import { permissionsOf, toPermissions } from './access-words.js';
import type { Authorization, Permissions } from './permissions.dto.js';
import { Subjects } from './subjects.js';

/** Who may use a provider: with the first who is granted it, it is restricted to those who are. */
@Injectable()
export class IntegrationPermissions {
  constructor(
    private readonly em: EntityManager,
    private readonly integrations: Integrations,
    @InjectRepository(IntegrationGrant) private readonly grants: IntegrationGrantRepository,
    private readonly subjects: Subjects,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws AdminsOnly, IntegrationNotFound */
  async list(name: string, me: Principal): Promise<Permissions> {
    assertAdmin(me);
    const { id } = await this.integrations.find(name, me);
    const users = await this.grants.usersOf(id);
    return toPermissions(users.map((user) => ({ ...user, permission: 'read' })));
  }

  /** @throws AdminsOnly, IntegrationNotFound; ValidationFailed for a subject that does not exist, and for writing */
  add(input: Authorization, me: Principal): Promise<void> {
    return this.change(input, me, 'granted', (integration, grantee) => {
      integration.restricted = true;
      return this.grants.grant(integration.id, grantee);
    });
  }

  /** The provider stays restricted, also when no grant is left. @throws as add() does */
  remove(input: Authorization, me: Principal): Promise<void> {
    return this.change(input, me, 'revoked', ({ id }, grantee) => this.grants.revoke(id, grantee));
  }

  private async change(
    { subject, target: { id: name }, access }: Authorization,
    me: Principal,
    what: 'granted' | 'revoked',
    change: (integration: Integration, grantee: Grantee) => Promise<void>,
  ): Promise<void> {
    assertAdmin(me);
    if (permissionsOf(access).includes('write')) throw ValidationFailed({ access: 'must be READ or EXECUTE' });
    await this.em.transactional(async () => {
      const grantee = await this.subjects.find(subject);
      const { integration, owner } = await this.integrations.lock(name, me);
      await change(integration, grantee);
      const details = { [what]: `${subject.type} ${subject.id}` };
      await this.audit.record(me, { action: 'integration.save', subject: `${owner.slug}/${name}`, details });
    });
  }
}

function assertAdmin(me: Principal): void {
  if (!actsAsAdmin(me)) throw AdminsOnly();
}
