import { Injectable } from '@nestjs/common';
import { LruMap } from 'toad-cache';
import { ChangeFeed } from '../../database/change-feed.js';
import { ChangeFeedSubscriber } from '../../database/change-feed-subscriber.js';
import type { Principal } from '../access/principal.js';
import { Account } from '../accounts/account.entity.js';
import { ApiKey } from './api-key.entity.js';

/** Whose a credential is, with its rights, whatever it is used through. */
export type Holder = Omit<Principal, 'via'>;

export interface FoundHolder {
  readonly holder: Holder;
  /** How long the credential is still good if nothing changes; undefined: for ever. */
  readonly goodForMs: number | undefined;
}

interface Known {
  readonly holder: Holder;
  /** On the clock of `performance.now`. */
  readonly goodUntil: number;
  /** The feed's present when it was read. */
  readonly since: number;
}

const mostKnown = 5_000;

/**
 * Who stands behind a credential is kept in memory until something of the account or of one of its keys changes, here or
 * on another process. Without a feed that is live the database is asked each time.
 */
@Injectable()
export class KnownHolders {
  private readonly known = new LruMap<Known>(mostKnown);

  constructor(
    private readonly feed: ChangeFeed,
    changes: ChangeFeedSubscriber,
  ) {
    changes.follow(Account, ({ id }) => id);
    changes.follow(ApiKey, ({ userId }) => userId);
  }

  /** The holder that is kept for a credential, else what is found now. */
  async find<Refusal extends string | undefined>(
    credential: string,
    find: () => Promise<FoundHolder | Refusal>,
  ): Promise<Holder | Refusal> {
    const known = this.known.get(credential);
    if (known && this.isGood(known)) return known.holder;
    const [since, askedAt] = [this.feed.now, performance.now()];
    const found = await find();
    if (typeof found !== 'object') return found;
    const { holder, goodForMs = Infinity } = found;
    this.known.set(credential, { holder, goodUntil: askedAt + goodForMs, since });
    return holder;
  }

  private isGood({ holder, goodUntil, since }: Known): boolean {
    return this.feed.isCurrent(holder.userId, since) && performance.now() < goodUntil;
  }
}
