import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Text } from '../../../common/http/scalars.js';
import type { GrantInput } from '../../../prompts/grants/grant.js';
import { GranteesService } from '../../../prompts/grants/grantees.service.js';
import { isSameSet } from '../same-set.js';
import type { GrantInputs } from './editing.dto.js';

const GrantInput = z.object({
  principal_type: z.enum(['user', 'group']),
  principal_id: Text.min(1),
  permission: z.enum(['read', 'write']),
});

/** Resolves requested grants to grantees. */
@Injectable()
export class GrantResolver {
  constructor(private readonly grantees: GranteesService) {}

  /**
   * Leaves out malformed grants and those of unknown grantees. Has to run before the prompt is locked, because it locks
   * groups.
   */
  async resolve(inputs: GrantInputs): Promise<GrantInput[]> {
    const grants = inputs.flatMap((input) => GrantInput.safeParse(input).data ?? []);
    const found = await this.grantees.find(
      grants.map(({ principal_type: principalType, principal_id: principal }) => ({ principalType, principal })),
    );
    return grants.flatMap(({ permission }, index) => {
      const grantee = found[index];
      return grantee ? [{ ...grantee, permission }] : [];
    });
  }
}

/** Whether the requested grants equal the current ones, regardless of order and duplicates. */
export function isGranted(requested: readonly GrantInput[], current: readonly GrantInput[]): boolean {
  return isSameSet(requested.map(toKey), current.map(toKey));
}

function toKey({ principalType, principalId, permission }: GrantInput): string {
  return `${principalType} ${principalId} ${permission}`;
}
