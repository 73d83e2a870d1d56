import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable } from '@nestjs/common';
import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';
import { KeySessionsService } from '../../../auth/credentials/key-sessions.service.js';
import { LoginService } from '../../../auth/credentials/logins/login.service.js';
import { GroupMember } from '../../../auth/groups/group-member.entity.js';
import { GroupMemberRepository } from '../../../auth/groups/group-member.repository.js';
import { ConductorConfig, maxTokenSeconds } from '../../../config/conductor.config.js';
import type { Token, TokenRequest, UserInfo } from './token.dto.js';

/** Exchanges API keys and passwords for tokens. */
@Injectable()
export class TokenService {
  constructor(
    private readonly keySessions: KeySessionsService,
    private readonly logins: LoginService,
    @InjectRepository(GroupMember) private readonly groups: GroupMemberRepository,
    @Inject(ConductorConfig.KEY) private readonly config: ConductorConfig,
  ) {}

  /** @throws WrongKeyPair, WrongPassword, TooManyLogins */
  async exchange(request: TokenRequest, address: string): Promise<Token> {
    const seconds = this.lifetimeOf(request.expirationMs);
    const { token } = await this.open(request, address, seconds);
    return { token };
  }

  async describe(caller: Principal): Promise<UserInfo> {
    const groups = await this.groups.groupsOf(caller.userId);
    return {
      id: caller.username,
      name: caller.username,
      roles: [{ name: actsAsAdmin(caller) ? 'ADMIN' : 'USER' }],
      groups: groups.map(({ slug, description }) => ({ id: slug, description })),
    };
  }

  private open({ credentials }: TokenRequest, address: string, seconds: number): Promise<Token> {
    return 'keyId' in credentials
      ? this.keySessions.open(credentials, address, seconds)
      : this.logins.login(credentials, address, seconds);
  }

  /** In whole seconds, rounded up. 0 means the default, because some clients send every field. */
  private lifetimeOf(expirationMs: number): number {
    if (expirationMs === 0) return this.config.tokenTtlSeconds;
    if (expirationMs < 0) return maxTokenSeconds;
    return Math.min(Math.ceil(expirationMs / 1000), maxTokenSeconds);
  }
}
