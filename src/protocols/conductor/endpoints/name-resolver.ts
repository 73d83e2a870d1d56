import { Injectable } from '@nestjs/common';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Tells the addresses of a host name. */
export abstract class NameResolver {
  /** All of them, best first; none, or a rejection, for a name that has none. */
  abstract resolve(hostname: string): Promise<Address[]>;
}

const longestMs = 5_000;

/** As every program of this machine does it, its hosts file included. */
@Injectable()
export class SystemNameResolver extends NameResolver {
  /** The system's look-up cannot be called off, and may take minutes. */
  async resolve(hostname: string): Promise<Address[]> {
    const done = new AbortController();
    const late = sleep(longestMs, [], { signal: done.signal, ref: false }).catch(() => []);
    try {
      return await Promise.race([lookup(hostname, { all: true }), late]);
    } finally {
      done.abort();
    }
  }
}
