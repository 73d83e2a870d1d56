import type { Fixtures } from '../environment/fixtures.js';
import type { Comparison } from '../scenario.js';
import { nextNumbers } from './compare.js';
import { type Load, nthRequest, type Outgoing } from './load.js';

/** A kind of request in a mix. */
export interface Part {
  readonly scenario: Comparison;
  /** Of a thousand requests. */
  readonly weight: number;
}

interface Supply<Share extends Part> {
  readonly share: Share;
  readonly load: Load;
  used: number;
}

/** The requests of a phase, in an order that distributes every kind evenly. */
export class MixedLoad<Share extends Part> {
  private readonly order: readonly number[];
  private at = 0;

  private constructor(private readonly supplies: readonly Supply<Share>[]) {
    this.order = interleave(supplies.map(({ share }) => share.weight));
  }

  /** @param requests at most as many as will be taken */
  static async prepare<Share extends Part>(
    mix: readonly Share[],
    fixtures: Fixtures,
    requests: number,
  ): Promise<MixedLoad<Share>> {
    const total = mix.reduce((sum, { weight }) => sum + weight, 0);
    const supplies = mix.map(async (share) => {
      const count = Math.ceil((requests / total + 1) * share.weight);
      return { share, load: await share.scenario.load(fixtures, nextNumbers(count)), used: 0 };
    });
    return new MixedLoad(await Promise.all(supplies));
  }

  next(): { share: Share; request: Outgoing } {
    const supply = this.supplies[this.order[this.at++ % this.order.length] ?? 0];
    if (!supply) throw new RangeError('there is nothing to mix');
    return { share: supply.share, request: nthRequest(supply.load, supply.used++) };
  }
}

/** Each index as often as its weight, evenly distributed: the index that is most behind is next. */
function interleave(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const behind = weights.map(() => 0);
  return Array.from({ length: total }, () => {
    for (const [i, weight] of weights.entries()) behind[i] = (behind[i] ?? 0) + weight;
    const next = behind.indexOf(Math.max(...behind));
    behind[next] = (behind[next] ?? 0) - total;
    return next;
  });
}
