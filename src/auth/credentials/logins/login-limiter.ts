import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
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

const sweepIntervalMs = 10 * 60 * 1000;
const maxWaiting = 256;
const busyRetrySeconds = 2;

export interface LoginAttempt {
  /** The id of the account, or the given name if no account has it. */
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
 * Limits failed log-ins over all processes, per pair of account and address, per address, and per account. From an
 * address where the password was right before, the right password is always accepted. Each pair counts toward its
 * address and its account with at most half of the limit, so that failures with one account do not limit others at the
 * address, and failures from one address do not limit other addresses.
 */
@Injectable()
export class LoginLimiter {
  private readonly log = new Logger(LoginLimiter.name);
  private readonly refuse = () => tooMany(TooManyLogins, busyRetrySeconds);
  /**
   * Password hashes run on the few threads that file access needs too. Known users do not wait behind unknown
   * addresses.
   */
  private readonly unknownAddressSemaphore = new FairSemaphore({
    permits: 1,
    maxWaiting,
    createError: this.refuse,
  });
  private readonly knownAddressSemaphore = new FairSemaphore({ permits: 2, maxWaiting, createError: this.refuse });

  constructor(
    @InjectRepository(LoginFailure) private readonly failures: LoginFailureRepository,
    private readonly addresses: LoginAddressesService,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  /**
   * Runs an attempt; one that throws counts as failed. It is charged before it is tried, so that attempts at the
   * same time cannot slip past the limit together. @throws TooManyLogins
   */
  async attempt<T>(attempt: LoginAttempt, login: () => Promise<T>): Promise<T> {
    const { subjects, over } = await this.charge(attempt);
    const refusal = over.length > 0 ? tooMany(TooManyLogins, longestWaitSeconds(over)) : undefined;
    if (refusal && !attempt.isKnownAddress) throw refusal;
    const result = await this.withPermit(attempt, login).catch((error: unknown) => {
      throw refusal && isError(error, WrongPassword) ? refusal : error;
    });
    await this.failures.refund(subjects);
    return result;
  }

  /**
   * Records an address from which the password of an account was right. A failure to record does not fail the log-in.
   */
  async remember(accountId: string, address: string): Promise<void> {
    await this.addresses
      .record(accountId, address)
      .catch((error: unknown) => this.log.warn(`an address is not remembered: ${String(error)}`));
  }

  /**
   * Counts an attempt that has already failed. For secrets that are too long to be guessed: the right secret is always
   * accepted, however many attempts have failed. @throws TooManyLogins
   */
  async countFailure(account: string, address: string): Promise<void> {
    const { over } = await this.charge({ account, address, isKnownAddress: false });
    if (over.length > 0) throw tooMany(TooManyLogins, longestWaitSeconds(over));
  }

  /**
   * Runs the work of a sign-up, and counts it even if it fails, because each costs the hash of a password.
   * @throws TooManySignUps
   */
  async signUp<T>(address: string, work: () => Promise<T>): Promise<T> {
    const counts = await this.failures.charge([this.subject('sign-up', addressGroup(address))]);
    const over = this.overLimit(counts);
    if (over.length > 0) throw tooMany(TooManySignUps, longestWaitSeconds(over));
    return this.unknownAddressSemaphore.run(addressGroup(address), work);
  }

  private withPermit<T>({ account, address, isKnownAddress }: LoginAttempt, login: () => Promise<T>): Promise<T> {
    const group = addressGroup(address);
    return isKnownAddress
      ? this.knownAddressSemaphore.run(`${account} ${group}`, login)
      : this.unknownAddressSemaphore.run(group, login);
  }

  private async charge({ account, address, isKnownAddress }: LoginAttempt): Promise<Charge> {
    const group = addressGroup(address);
    const pair = [this.subject('pair', `${foldAscii(account)} ${group}`)];
    const ofPair = await this.failures.charge(pair);
    const over = this.overLimit(ofPair);
    if (over.length > 0) return { subjects: pair, over };
    // Failures from an address that the account uses do not count against the account.
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

  /** The key of a counter, as a hash, so that no address is stored. */
  private subject(kind: 'pair' | 'account' | 'address' | 'sign-up', value: string): string {
    return createHmac('sha256', this.config.jwtSecret).update(`${kind} ${value}`).digest('base64url');
  }

  @Interval(sweepIntervalMs)
  async cleanUp(): Promise<void> {
    await Promise.all([this.failures.deleteOld(), this.addresses.deleteOld()]).catch((error: unknown) =>
      this.log.warn(`old log-in failures stay: ${String(error)}`),
    );
  }
}

function longestWaitSeconds(counts: readonly FailureCount[]): number {
  return Math.max(1, ...counts.map(({ secondsLeft }) => secondsLeft));
}

function tooMany(refusal: ErrorFactory, seconds: number): DomainError {
  return refusal(undefined, { headers: { 'retry-after': String(seconds) } });
}
