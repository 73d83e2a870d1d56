import { nextNumbers } from '../load/compare.js';
import { type Load, nthRequest, type Outgoing } from '../load/load.js';
import type { Comparison } from '../scenario.js';
import { conductorGet } from '../scenarios/conductor-get.js';
import { conductorSave } from '../scenarios/conductor-save.js';
import { download } from '../scenarios/download.js';
import { listVersions } from '../scenarios/list-versions.js';
import { openWebuiGet } from '../scenarios/open-webui-get.js';
import { openWebuiList } from '../scenarios/open-webui-list.js';
import { openWebuiUpdate } from '../scenarios/open-webui-update.js';
import { publishSmall } from '../scenarios/publish-small.js';
import { resolveLabel } from '../scenarios/resolve-label.js';
import { resolveNotModified } from '../scenarios/resolve-not-modified.js';
import { search } from '../scenarios/search.js';
import type { Fixtures } from '../environment/fixtures.js';

/** The kind of row that a successful request writes. */
export type WriteKind = 'download' | 'revision' | 'version';

export interface Share {
  readonly scenario: Comparison;
  /** Of a thousand requests. */
  readonly weight: number;
  readonly writes?: WriteKind;
}

/** Applications read, users browse, and three percent of the requests write. */
export const mix: readonly Share[] = [
  { scenario: resolveLabel, weight: 300 },
  { scenario: resolveNotModified, weight: 200 },
  { scenario: download, weight: 150, writes: 'download' },
  { scenario: listVersions, weight: 100 },
  { scenario: search, weight: 60 },
  { scenario: conductorGet, weight: 80 },
  { scenario: openWebuiGet, weight: 60 },
  { scenario: openWebuiList, weight: 20 },
  { scenario: conductorSave, weight: 10, writes: 'revision' },
  { scenario: openWebuiUpdate, weight: 10, writes: 'revision' },
  { scenario: publishSmall, weight: 10, writes: 'version' },
];

interface Supply {
  readonly share: Share;
  readonly load: Load;
  used: number;
}

/** The requests of a phase, in an order that distributes every kind evenly. */
export class MixedLoad {
  private readonly order = interleave(mix.map(({ weight }) => weight));
  private at = 0;

  private constructor(private readonly supplies: readonly Supply[]) {}

  /** @param requests at most as many as will be taken */
  static async prepare(fixtures: Fixtures, requests: number): Promise<MixedLoad> {
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
