import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { type DomainError, type ErrorFactory, isError } from '../../../common/errors/define-error.js';
import { FairSemaphore } from '../../../common/fair-semaphore.js';
import { foldAscii } from '../../../common/ascii.js';
import { addressGroup } from '../../../common/http/client-address.js';
import { AuthConfig } from '../../../config/auth.config.js';
import { TooManyLogins, TooManySignUps, WrongPassword } from '../../auth.errors.js';
import { LoginAddressesService } from './login-addresses.service.js';
import { LoginFailure } from './login-failure.entity.js';
import { type FailureCount, LoginFailureRepository } from './login-failure.repository.js';

const sweepEveryMs = 10 * 60 * 1000;
const mostWaiting = 256;
const retryWhenBusySeconds = 2;

export interface LoginAttempt {
  /** The account's id, or the name that there is no account for. */
  readonly account: string;
  readonly address: string;
  /** Whether the account's password was right from this address before. */
  readonly isKnownAddress: boolean;
}

interface Charge {
  readonly subjects: readonly string[];
  /** What went over the limit. */
  readonly over: readonly FailureCount[];
}

/**
 * Limits failed log-ins over all processes, per account and address together. One address with many accounts is
 * limited, and so are many addresses with one account; but from an address where it was right before, the right
 * password is always let in. Each pair counts toward its address and its account with half of the limit at most, so
 * that failures with one account do not limit others at the address, nor those from one address other addresses.
 */
@Injectable()
export class LoginLimiter implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(LoginLimiter.name);
  private readonly refuse = () => tooMany(TooManyLogins, retryWhenBusySeconds);
  /** Hashes run on the few threads that files need too; users who are known do not wait behind strangers. */
  private readonly fromStrangeAddresses = new FairSemaphore({
    permits: 1,
    maxWaiting: mostWaiting,
    refuse: this.refuse,
  });
  private readonly fromKnownAddresses = new FairSemaphore({ permits: 2, maxWaiting: mostWaiting, refuse: this.refuse });
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(LoginFailure) private readonly failures: LoginFailureRepository,
    private readonly addresses: LoginAddressesService,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  /**
   * Runs an attempt; one that throws counts as failed. It is charged before it is tried, so that attempts at the
   * same time cannot slip past the limit together. @throws TooManyLogins
   */
  async attempt<T>(attempt: LoginAttempt, tryIt: () => Promise<T>): Promise<T> {
    const { subjects, over } = await this.charge(attempt);
    const refusal = over.length > 0 ? tooMany(TooManyLogins, longest(over)) : undefined;
    if (refusal && !attempt.isKnownAddress) throw refusal;
    const result = await this.inTurn(attempt, tryIt).catch((error: unknown) => {
      throw refusal && isError(error, WrongPassword) ? refusal : error;
    });
    await this.failures.refund(subjects);
    return result;
  }

  /** Remembers an address from which the password of an account was right. A log-in does not fail for it. */
  async remember(accountId: string, address: string): Promise<void> {
    await this.addresses
      .record(accountId, address)
      .catch((error: unknown) => this.log.warn(`an address is not remembered: ${String(error)}`));
  }

  /**
   * Counts an attempt that has failed already. For secrets that are too long to be guessed: the right one is let in,
   * however often others have failed under its name or from the same address. @throws TooManyLogins
   */
  async countFailure(account: string, address: string): Promise<void> {
    const { over } = await this.charge({ account, address, isKnownAddress: false });
    if (over.length > 0) throw tooMany(TooManyLogins, longest(over));
  }

  /**
   * Runs the work of a sign-up, and counts it, whatever becomes of it: each costs the hash of a password.
   * @throws TooManySignUps
   */
  async signUp<T>(address: string, work: () => Promise<T>): Promise<T> {
    const counts = await this.failures.charge([this.subject('sign-up', addressGroup(address))]);
    const over = this.overLimit(counts);
    if (over.length > 0) throw tooMany(TooManySignUps, longest(over));
    return this.fromStrangeAddresses.run(addressGroup(address), work);
  }

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => void this.sweep(), sweepEveryMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeping);
  }

  private inTurn<T>({ account, address, isKnownAddress }: LoginAttempt, tryIt: () => Promise<T>): Promise<T> {
    const group = addressGroup(address);
    return isKnownAddress
      ? this.fromKnownAddresses.run(`${account} ${group}`, tryIt)
      : this.fromStrangeAddresses.run(group, tryIt);
  }

  private async charge({ account, address, isKnownAddress }: LoginAttempt): Promise<Charge> {
    const group = addressGroup(address);
    const pair = [this.subject('pair', `${foldAscii(account)} ${group}`)];
    const ofPair = await this.failures.charge(pair);
    const over = this.overLimit(ofPair);
    if (over.length > 0) return { subjects: pair, over };
    // What goes wrong at an address that the account uses says nothing about others.
    const ofAccount = isKnownAddress ? [] : [this.subject('account', foldAscii(account))];
    const sums = [this.subject('address', group), ...ofAccount];
    const half = Math.ceil(this.config.loginAttemptsPerMinute / 2);
    if (ofPair.every(({ failures }) => failures <= half)) {
      return { subjects: [...pair, ...sums], over: this.overLimit(await this.failures.charge(sums)) };
    }
    return { subjects: pair, over: this.overLimit(await this.failures.peek(sums), 1) };
  }

  private overLimit(counts: readonly FailureCount[], more = 0): FailureCount[] {
    return counts.filter(({ failures }) => failures + more > this.config.loginAttemptsPerMinute);
  }

  /** What is counted, by a hash: no address is stored. */
  private subject(kind: 'pair' | 'account' | 'address' | 'sign-up', value: string): string {
    return createHmac('sha256', this.config.jwtSecret).update(`${kind} ${value}`).digest('base64url');
  }

  private async sweep(): Promise<void> {
    await Promise.all([this.failures.deleteOld(), this.addresses.deleteOld()]).catch((error: unknown) =>
      this.log.warn(`old log-in failures stay: ${String(error)}`),
    );
  }
}

function longest(counts: readonly FailureCount[]): number {
  return Math.max(1, ...counts.map(({ secondsLeft }) => secondsLeft));
}

function tooMany(refusal: ErrorFactory, seconds: number): DomainError {
  return refusal(undefined, { headers: { 'retry-after': String(seconds) } });
}
