import { setTimeout as sleep } from 'node:timers/promises';
import { nextNumbers, sampleOf } from '../load/compare.js';
import { residentMiB } from '../environment/process-figures.js';
import { uploadLoad } from '../load/upload-load.js';
import type { Inspection } from '../scenario.js';

const idleMs = 3_000;

/** The memory of a new process: idle, and at its peak while it receives four packages of 5 MB at the same time. */
export const memory: Inspection = {
  name: 'memory',
  title: 'Memory',

  async inspect({ startAnother, fixtures, signal }) {
    const server = await startAnother();
    await sleep(idleMs, undefined, { signal });
    const idle = residentMiB(server.pid);
    const load = await uploadLoad(fixtures, 5_000_000, nextNumbers(10_000));
    const { peakMiB } = await sampleOf(server, { load, connections: 4, seconds: 4 }, signal);
    await server.stop();
    return [
      { what: 'Idle, after 3 s', unit: 'MiB', values: [idle], limit: 130 },
      { what: 'Peak over idle, 5 MB four at once', unit: 'MiB', values: [peakMiB - idle], limit: 64 },
    ];
  },
};
