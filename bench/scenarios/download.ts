import { downloadableVersion } from '../../src/versions/versions.queries.js';
import { type Comparison, connectionCounts } from '../scenario.js';

interface Path {
  owner: string;
  name: string;
  version: string;
}

const record = {
  name: 'record',
  text: 'insert into download (id, at, prompt_id, version_id, visitor) values (gen_random_uuid(), now(), $1, $2, $3)',
};
const visitor = Buffer.alloc(16, 7);

/** The floor reads the version's row on every request, and commits each record by itself. */
export const download: Comparison = {
  name: 'download',
  title: 'Download redirect, recorded',
  connections: connectionCounts,
  mainConnections: 64,
  goals: { 1: 1, 64: 2.5 },
  status: { product: 302, floor: 302 },

  load({ published }) {
    const paths = published.flatMap(({ path }) => [0, 5, 9].map((patch) => `${path}/versions/1.0.${patch}/download`));
    return { method: 'GET', requests: paths.map((path) => ({ path })) };
  },

  floor({ server, pool }) {
    server.get<{ Params: Path }>('/v1/prompts/:owner/:name/versions/:version/download', async (request, reply) => {
      const { owner, name, version } = request.params;
      const values = [null, owner, null, name, version];
      const { rows } = await pool.query<{ id: string; prompt_id: string; objectKey: string }>({
        name: 'downloadable-version',
        text: downloadableVersion,
        values,
      });
      const [found] = rows;
      if (!found) return reply.code(404).send();
      await pool.query({ ...record, values: [found.prompt_id, found.id, visitor] });
      return reply.code(302).header('location', `http://${request.host}/files/${found.objectKey}`).send();
    });
  },
};
