import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Grantee } from '../../../prompts/grants/grant.js';

/** Whom a provider has been granted: slug of a user or a group, or `*` for everybody. */
export interface ProviderUser {
  readonly principalType: Grantee['principalType'];
  readonly name: string;
}

const nameOf = `coalesce(o.slug, g.slug, '*')`;
const list = {
  name: 'integration-grants',
  text: `select case when t.group_id is null then 'user' else 'group' end as "principalType",
           ${nameOf} as name
         from integration_grant t left join owner o on o.id = t.user_id left join user_group g on g.id = t.group_id
         where t.integration_id = $1 order by t.group_id is not null, ${nameOf} collate "C"`,
};
const restrict = { name: 'restrict-integration', text: 'update integration set restricted = true where id = $1' };
const add = {
  name: 'grant-integration',
  text: `insert into integration_grant (integration_id, user_id, group_id) values ($1, $2, $3)
         on conflict on constraint integration_grant_key do nothing`,
};
const remove = {
  name: 'revoke-integration',
  text: `delete from integration_grant where integration_id = $1 and user_id is not distinct from $2
         and group_id is not distinct from $3`,
};

/** Who may use a provider that is not everybody's. */
@Injectable()
export class IntegrationGrantsRepository {
  constructor(private readonly database: Database) {}

  /** Users before groups, by name. */
  of(providerId: string): Promise<ProviderUser[]> {
    return this.database.query<ProviderUser>(list, [providerId]);
  }

  /** From now on the provider is for those only whom it has been granted. */
  async add(providerId: string, grantee: Grantee): Promise<void> {
    await this.database.query(restrict, [providerId]);
    await this.database.query(add, [providerId, ...columnsOf(grantee)]);
  }

  /** The provider stays restricted, were it to nobody. */
  async remove(providerId: string, grantee: Grantee): Promise<void> {
    await this.database.query(remove, [providerId, ...columnsOf(grantee)]);
  }
}

function columnsOf({ principalType, principalId }: Grantee): [userId: string | null, groupId: string | null] {
  return principalType === 'user' ? [principalId, null] : [null, principalId];
}
