import { Injectable } from '@nestjs/common';
import { LruMap } from 'toad-cache';
import { ChangeFeed } from '../../database/change-feed.js';
import { ChangeFeedSubscriber } from '../../database/change-feed-subscriber.js';
import type { Principal } from '../access/principal.js';
import { Account } from '../accounts/account.entity.js';
import { ApiKey } from './api-keys/api-key.entity.js';

/** The user and rights of a credential, independent of the protocol. */
export type CredentialSubject = Omit<Principal, 'via'>;

export interface FoundSubject {
  readonly subject: CredentialSubject;
  /** How long the credential is still good if nothing changes; undefined: for ever. */
  readonly validForMs: number | undefined;
}

interface CacheEntry {
  readonly subject: CredentialSubject;
  /** On the clock of `performance.now`. */
  readonly validUntil: number;
  /** The clock of the change feed when the value was read. */
  readonly since: number;
}

const maxEntries = 5_000;

/**
 * Caches the subject of a credential until the account or one of its keys changes, in this process or another one.
 * Without a live change feed, every request reads the database.
 */
@Injectable()
export class CredentialCache {
  private readonly entries = new LruMap<CacheEntry>(maxEntries);

  constructor(
    private readonly feed: ChangeFeed,
    changes: ChangeFeedSubscriber,
  ) {
    changes.follow(Account, ({ id }) => id);
    changes.follow(ApiKey, ({ userId }) => userId);
  }

  /** The cached subject of a credential, else the result of `load`. */
  async find<Refusal extends string | undefined>(
    credential: string,
    load: () => Promise<FoundSubject | Refusal>,
  ): Promise<CredentialSubject | Refusal> {
    const entry = this.entries.get(credential);
    if (entry && this.isValid(entry)) return entry.subject;
    const [since, askedAt] = [this.feed.now, performance.now()];
    const found = await load();
    if (typeof found !== 'object') return found;
    const { subject, validForMs = Infinity } = found;
    this.entries.set(credential, { subject, validUntil: askedAt + validForMs, since });
    return subject;
  }

  private isValid({ subject, validUntil, since }: CacheEntry): boolean {
    return this.feed.isCurrent(subject.userId, since) && performance.now() < validUntil;
  }
}
