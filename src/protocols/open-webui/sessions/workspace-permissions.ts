import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable } from '@nestjs/common';
import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';
import { GroupMember } from '../../../auth/groups/group-member.entity.js';
import { GroupMemberRepository } from '../../../auth/groups/group-member.repository.js';
import { OpenWebUiConfig } from '../../../config/open-webui.config.js';

/** What this protocol lets users do in the workspace, besides what the access policy says of one prompt. */
@Injectable()
export class WorkspacePermissions {
  constructor(
    @InjectRepository(GroupMember) private readonly members: GroupMemberRepository,
    @Inject(OpenWebUiConfig.KEY) private readonly config: OpenWebUiConfig,
  ) {}

  /** The permission `workspace.prompts`: everybody's, unless the configuration names the groups that have it. */
  async mayCreatePrompts(me: Principal): Promise<boolean> {
    if (me.isPending) return false;
    const { promptCreators } = this.config;
    return promptCreators === undefined || actsAsAdmin(me) || this.members.isInAny(me.userId, promptCreators);
  }
}
