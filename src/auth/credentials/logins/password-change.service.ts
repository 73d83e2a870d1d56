import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { AuditRecorder } from '../../audit/audit-recorder.js';
import { WrongPassword } from '../../auth.errors.js';
import { Account, setPassword } from '../../accounts/account.entity.js';
import { AccountRepository } from '../../accounts/account.repository.js';
import { hashPassword, passwordMatches } from '../../accounts/passwords.js';
import type { ChangePassword } from '../../accounts/users.dto.js';
import { LoginAddressesService } from './login-addresses.service.js';
import { LoginLimiter } from './login-limiter.js';

/** Lets users change their own passwords. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Account) private readonly accounts: AccountRepository,
    private readonly limiter: LoginLimiter,
    private readonly addresses: LoginAddressesService,
    private readonly audit: AuditRecorder,
  ) {}

  /** Every session of the old password ends. @throws WrongPassword, TooManyLogins */
  async change(caller: Principal, change: ChangePassword, address: string): Promise<void> {
    const { userId, username: subject } = caller;
    const passwordHash = await hashPassword(change.new_password);
    // A wrong current password counts like a failed log-in.
    const isKnownAddress = await this.addresses.isKnown(userId, address);
    await this.limiter.attempt({ account: userId, address, isKnownAddress }, () =>
      this.em.transactional(async () => {
        const account = await this.accounts.lock(userId);
        const isMatch = await passwordMatches(change.current_password, account?.passwordHash);
        if (!isMatch || !account) throw WrongPassword();
        setPassword(account, passwordHash);
        await this.audit.record(caller, { action: 'user.password', subject });
      }),
    );
    await this.limiter.remember(userId, address);
  }
}
