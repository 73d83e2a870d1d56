import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { addressGroup } from '../../../common/http/client-address.js';
import { AuthConfig } from '../../../config/auth.config.js';
import { LoginAddress } from './login-address.entity.js';
import { LoginAddressRepository } from './login-address.repository.js';

/** The addresses from which users log in. They are stored as keyed hashes only. */
@Injectable()
export class LoginAddressesService {
  constructor(
    @InjectRepository(LoginAddress) private readonly addresses: LoginAddressRepository,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  isKnown(accountId: string, address: string): Promise<boolean> {
    return this.addresses.isKnown(accountId, this.hashOf(address));
  }

  async record(accountId: string, address: string): Promise<void> {
    await this.addresses.record(accountId, this.hashOf(address));
  }

  async deleteOld(): Promise<void> {
    await this.addresses.deleteOld();
  }

  /** Represents the address and all others that the same client can use. */
  hashOf(address: string): Buffer {
    const text = `login address ${addressGroup(address)}`;
    return createHmac('sha256', this.config.jwtSecret).update(text).digest().subarray(0, 16);
  }
}
