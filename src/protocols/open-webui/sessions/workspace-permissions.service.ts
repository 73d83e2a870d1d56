import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable } from '@nestjs/common';
import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';
import { GroupMember } from '../../../auth/groups/group-member.entity.js';
import { GroupMemberRepository } from '../../../auth/groups/group-member.repository.js';
import { OpenWebUiConfig } from '../../../config/open-webui.config.js';

/** Permissions of users in the workspace, in addition to the access policy for single prompts. */
@Injectable()
export class WorkspacePermissionsService {
  constructor(
    @InjectRepository(GroupMember) private readonly members: GroupMemberRepository,
    @Inject(OpenWebUiConfig.KEY) private readonly config: OpenWebUiConfig,
  ) {}

  /** The permission `workspace.prompts`. Every user has it, unless the configuration names groups that have it. */
  async canCreatePrompts(caller: Principal): Promise<boolean> {
    if (caller.isPending) return false;
    const { promptCreators } = this.config;
    return promptCreators === undefined || actsAsAdmin(caller) || this.members.isInAny(caller.userId, promptCreators);
  }
}
