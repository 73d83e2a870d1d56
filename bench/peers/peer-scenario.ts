import type { Load } from '../load/load.js';
import type { Numbers } from '../scenario.js';
import type { Peer } from './options.js';

/** A kind of request that is sent to the product and to a peer, each with data of its own. */
export interface PeerScenario<Data> {
  readonly name: string;
  readonly title: string;
  readonly connections: number;
  /** Minimum time of each measurement, if an answer may take long. */
  readonly minSeconds?: number;
  /** Minimum ratio of the product's requests per second to the peer's. */
  readonly goal: number;
  /** What both sides answer. */
  readonly status: number;
  readonly load: (data: Data, numbers: Numbers) => Load | Promise<Load>;
}

/** The scenarios of one protocol. */
export interface PeerProtocol<Data> {
  readonly title: string;
  /** Creates the data of a side over its interface. */
  readonly prepare: (side: Peer) => Promise<Data>;
  readonly scenarios: readonly PeerScenario<Data>[];
}
