import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';
import { AuditRecorder } from '../../../auth/audit/audit-recorder.js';
import { AdminsOnly } from '../../../auth/auth.errors.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import type { Grantee } from '../../../prompts/grants/grant.js';
import { IntegrationGrant } from '../integrations/integration-grant.entity.js';
import { IntegrationGrantRepository } from '../integrations/integration-grant.repository.js';
import type { Integration } from '../integrations/integration.entity.js';
import { IntegrationsService } from '../integrations/integrations.service.js';
import { permissionsOf, toPermissions } from './access-words.js';
import type { Authorization, Permissions } from './permissions.dto.js';
import { SubjectResolver } from './subject-resolver.js';

/** The grants on providers. The first grant restricts the provider to its grantees. */
@Injectable()
export class IntegrationPermissionsService {
  constructor(
    private readonly em: EntityManager,
    private readonly integrations: IntegrationsService,
    @InjectRepository(IntegrationGrant) private readonly grants: IntegrationGrantRepository,
    private readonly subjects: SubjectResolver,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws AdminsOnly, IntegrationNotFound */
  async list(name: string, caller: Principal): Promise<Permissions> {
    assertAdmin(caller);
    const { id } = await this.integrations.find(name, caller);
    const users = await this.grants.usersOf(id);
    return toPermissions(users.map((user) => ({ ...user, permission: 'read' })));
  }

  /** @throws AdminsOnly, IntegrationNotFound; ValidationFailed for a subject that does not exist, and for writing */
  add(input: Authorization, caller: Principal): Promise<void> {
    return this.change(input, caller, 'granted', (integration, grantee) => {
      integration.restricted = true;
      return this.grants.grant(integration.id, grantee);
    });
  }

  /** The provider remains restricted, even if it has no grants left. @throws as add() does */
  remove(input: Authorization, caller: Principal): Promise<void> {
    return this.change(input, caller, 'revoked', ({ id }, grantee) => this.grants.revoke(id, grantee));
  }

  private async change(
    { subject, target: { id: name }, access }: Authorization,
    caller: Principal,
    what: 'granted' | 'revoked',
    change: (integration: Integration, grantee: Grantee) => Promise<void>,
  ): Promise<void> {
    assertAdmin(caller);
    if (permissionsOf(access).includes('write')) throw ValidationFailed({ access: 'must be READ or EXECUTE' });
    await this.em.transactional(async () => {
      const grantee = await this.subjects.find(subject);
      const { integration, owner } = await this.integrations.lock(name, caller);
      await change(integration, grantee);
      const details = { [what]: `${subject.type} ${subject.id}` };
      await this.audit.record(caller, { action: 'integration.save', subject: `${owner.slug}/${name}`, details });
    });
  }
}

function assertAdmin(caller: Principal): void {
  if (!actsAsAdmin(caller)) throw AdminsOnly();
}
