import type { Inspection } from '../scenario.js';
import { product } from '../environment/programs.js';
import { ServerProcess } from '../environment/server-process.js';

/** From the command to the first 200 of /health/ready, with an existing data folder and the embedded database. */
export const coldStart: Inspection = {
  name: 'cold-start',
  title: 'Cold start',

  async inspect({ homeFolder, runFolder, rounds, signal }) {
    const program = product({ dataDir: homeFolder, folder: runFolder });
    const values: number[] = [];
    // The first start may have to create the database.
    for (let i = 0; i <= rounds; i += 1) {
      signal.throwIfAborted();
      const server = await ServerProcess.start(program);
      if (i > 0) values.push(server.startMs);
      await server.stop();
    }
    return [{ what: 'Start with its own database, to ready', unit: 'ms', values, limit: 1_500 }];
  },
};
