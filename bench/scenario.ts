import type { FastifyInstance } from 'fastify';
import type { Client, Pool } from 'pg';
import type { BareStore } from './floor/bare-store.js';
import type { Load } from './load/load.js';
import type { Testbed } from './environment/testbed.js';
import type { Fixtures } from './environment/fixtures.js';

/** A kind of request that is sent to the product and to the floor, with a goal for their ratio. */
export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly connections: readonly number[];
  /** The number of connections of a quick run, for which the goal holds. */
  readonly mainConnections: number;
  /** Minimum time of each measurement, if an answer may take seconds. */
  readonly minSeconds?: number;
  /** Minimum ratio of the product's requests per second to the floor's. */
  readonly goal?: number;
  /** The same by the number of connections, where it differs. */
  readonly goals?: Readonly<Record<number, number>>;
  /** The expected status of the product and of the floor. */
  readonly status: { readonly product: number; readonly floor: number };
  /** The object store of both sides; the one that is configured if undefined. Skipped without a container engine. */
  readonly store?: 'minio';
  /** For a protocol that this build may lack: skipped if the product answers 404. */
  readonly mayBeMissing?: boolean;
  readonly load: (fixtures: Fixtures, numbers: Numbers) => Load | Promise<Load>;
  /** Answers the same requests in the floor's process. */
  readonly floor: (bare: Bare) => void;
  /** Prepares the floor's database. */
  readonly prepareFloor?: (client: Client) => Promise<void>;
}

/** Numbers of nine digits that no other measurement uses, for unique values. */
export interface Numbers {
  readonly first: number;
  readonly count: number;
}

export interface Bare {
  readonly server: FastifyInstance;
  readonly pool: Pool;
  readonly store: BareStore;
}

/** A measurement of the product alone. */
export interface Inspection {
  readonly name: string;
  readonly title: string;
  /** Left out of a quick run. */
  readonly takesLong?: boolean;
  readonly inspect: (testbed: Testbed) => Promise<readonly Figure[]>;
}

export interface Figure {
  readonly what: string;
  /** `x`: a ratio. `%`: of all processors. */
  readonly unit: 'ms' | 'MiB' | 'x' | '%';
  readonly values: readonly number[];
  /** Maximum. */
  readonly limit?: number;
  /** Minimum. */
  readonly goal?: number;
  /** Additional figures. */
  readonly beside?: readonly Figure[];
}

export type Scenario = Comparison | Inspection;

export const connectionCounts = [1, 8, 64] as const;
