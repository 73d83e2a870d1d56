import { Injectable } from '@nestjs/common';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Port: resolves a host name. */
export abstract class NameResolver {
  /** All addresses, best first. Empty, or a rejection, if the name has none. */
  abstract resolve(hostname: string): Promise<Address[]>;
}

const timeoutMs = 5_000;

/** Resolves names with the resolver of the system, including the hosts file. */
@Injectable()
export class SystemNameResolver extends NameResolver {
  /** The lookup of the system cannot be aborted, and may take minutes. */
  async resolve(hostname: string): Promise<Address[]> {
    const done = new AbortController();
    const timedOut = sleep(timeoutMs, [], { signal: done.signal, ref: false }).catch(() => []);
    try {
      return await Promise.race([lookup(hostname, { all: true }), timedOut]);
    } finally {
      done.abort();
    }
  }
}
