import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Text } from '../../../common/http/scalars.js';
import { everybody, type WantedGrant } from '../../../prompts/grants/grant.js';
import { GranteesService } from '../../../prompts/grants/grantees.service.js';
import type { GrantSnapshot } from '../../../history/revisions/revision.entity.js';
import { isSameGrants } from '../same-set.js';
import type { GrantWishes } from './editing.dto.js';

const GrantWish = z.object({
  principal_type: z.enum(['user', 'group']),
  principal_id: Text.min(1),
  permission: z.enum(['read', 'write']),
});

/** What of a wish can be granted. */
@Injectable()
export class WishedGrants {
  constructor(private readonly grantees: GranteesService) {}

  /** Without what is no grant, and without grants to nobody. To be asked before the prompt is locked: it locks groups. */
  async find(wishes: GrantWishes): Promise<WantedGrant[]> {
    const grants = wishes.flatMap((wish) => GrantWish.safeParse(wish).data ?? []);
    const found = await this.grantees.find(
      grants.map(({ principal_type: principalType, principal_id: principal }) => ({ principalType, principal })),
    );
    return grants.flatMap(({ permission }, index) => {
      const grantee = found[index];
      return grantee ? [{ ...grantee, permission }] : [];
    });
  }
}

/** Whether the wish is what is granted already, in whatever order and however often. */
export function isGranted(wanted: readonly WantedGrant[], current: readonly GrantSnapshot[]): boolean {
  const wished = wanted.map(({ principalType, principalId, permission }) => ({
    principal_type: principalType,
    principal_id: principalId ?? everybody,
    permission,
  }));
  return isSameGrants(wished, current);
}
