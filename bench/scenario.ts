import type { FastifyInstance } from 'fastify';
import type { Client, Pool } from 'pg';
import type { BareStore } from './floor/bare-store.js';
import type { Load } from './load/load.js';
import type { Testbed } from './environment/testbed.js';
import type { Fixtures } from './environment/fixtures.js';

/** A kind of request that is sent to the product and to the floor, and how fast they are to answer it. */
export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly connections: readonly number[];
  /** The one number that a quick run takes, and that the goal is for. */
  readonly mainConnections: number;
  /** Least time of each measurement, where a side may take seconds for an answer. */
  readonly minSeconds?: number;
  /** Least ratio of the product's requests per second to the floor's, with any number of connections. */
  readonly goal?: number;
  /** What the product answers, and the floor. */
  readonly status: { readonly product: number; readonly floor: number };
  /** Of a protocol that this build may not speak yet: skipped where the product answers 404. */
  readonly mayBeMissing?: boolean;
  readonly load: (fixtures: Fixtures, numbers: Numbers) => Load | Promise<Load>;
  /** Answers the same requests in the floor's process. */
  readonly floor: (bare: Bare) => void;
  /** Gives the floor's database what only the floor needs. */
  readonly prepareFloor?: (client: Client) => Promise<void>;
}

/** Numbers that no other measurement gets, for what has to be unique. They have nine digits. */
export interface Numbers {
  readonly first: number;
  readonly count: number;
}

export interface Bare {
  readonly server: FastifyInstance;
  readonly pool: Pool;
  readonly store: BareStore;
}

/** What is measured of the product alone. */
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
  /** Most that it may be. */
  readonly limit?: number;
  /** Least that it is to be. */
  readonly goal?: number;
  /** What is to be known with it. */
  readonly beside?: readonly Figure[];
}

export type Scenario = Comparison | Inspection;

export const connectionCounts = [1, 8, 64] as const;
