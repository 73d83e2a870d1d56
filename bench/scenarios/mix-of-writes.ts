import { closedLoop, openConnections } from '../load/loops.js';
import { MixedLoad, type Part } from '../load/mixed-load.js';
import type { ServerProcess } from '../environment/server-process.js';
import type { Testbed } from '../environment/testbed.js';
import type { Inspection } from '../scenario.js';
import { conductorGet } from './conductor-get.js';
import { conductorSave } from './conductor-save.js';
import { download } from './download.js';
import { listVersions } from './list-versions.js';
import { openWebuiGet } from './open-webui-get.js';
import { openWebuiUpdate } from './open-webui-update.js';
import { publishSmall } from './publish-small.js';
import { resolveLabel } from './resolve-label.js';
import { resolveNotModified } from './resolve-not-modified.js';

/** Without search, whose floor would decide the result alone. */
const mix: readonly Part[] = [
  { scenario: resolveLabel, weight: 240 },
  { scenario: resolveNotModified, weight: 160 },
  { scenario: download, weight: 140 },
  { scenario: listVersions, weight: 100 },
  { scenario: conductorGet, weight: 80 },
  { scenario: openWebuiGet, weight: 80 },
  { scenario: conductorSave, weight: 70 },
  { scenario: openWebuiUpdate, weight: 70 },
  { scenario: publishSmall, weight: 60 },
];
const connectionCount = 8;
const maxPerSecond = 4_000;

/** Reads and writes of all protocols together, beside the floor. */
export const mixOfWrites: Inspection = {
  name: 'mix-20-writes',
  title: 'A mix with 20 % writes',

  async inspect(testbed) {
    const { product, floor, rounds } = testbed;
    for (const server of [product, floor]) await rateOf(server, testbed, 1);
    const [times, ratios]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const rate = await rateOf(product, testbed);
      times.push((connectionCount * 1_000) / rate);
      ratios.push(rate / (await rateOf(floor, testbed)));
    }
    const what = 'A mix with 20 % writes, 8 connections: product / floor';
    return [{ what, unit: 'x', values: ratios, beside: [{ what: 'a request takes', unit: 'ms', values: times }] }];
  },
};

/** Requests that were answered per second. @throws Error for one that failed */
async function rateOf(server: ServerProcess, testbed: Testbed, seconds = testbed.seconds): Promise<number> {
  const load = await MixedLoad.prepare(mix, testbed.fixtures, seconds * maxPerSecond);
  const connections = openConnections(server.url, connectionCount);
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  let answered = 0;
  const isOn = () => performance.now() < until && !testbed.signal.aborted;
  await closedLoop(connections, isOn, async (connection) => {
    const { share, request } = load.next();
    const { status, failure } = await connection.send(request);
    const expected = server === testbed.floor ? share.scenario.status.floor : share.scenario.status.product;
    if (status !== expected) throw new Error(`${share.scenario.name}: ${failure ?? status}`);
    answered += 1;
  });
  const rate = (answered * 1_000) / (performance.now() - startedAt);
  await Promise.all(connections.map((connection) => connection.close()));
  return rate;
}
