// The floor: bare Fastify and pg that read the same row with the same statement, and do nothing else.
// Started by measure.mjs with DATABASE_URL; prints its port.
import { fastify } from 'fastify';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { statements } from '../../src/prompts/resolve/resolve.repository.js';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const server = fastify({ logger: false });

server.get<{ Params: { owner: string; name: string }; Querystring: { revision?: string } }>(
  '/v1/prompts/:owner/:name/resolve',
  async ({ params: { owner, name }, query: { revision } }) => {
    const [statement, selected] = revision ? [statements.revision, revision] : [statements.label, 'production'];
    const { rows } = await pool.query({ ...statement, values: [null, owner, null, name, selected] });
    return rows[0] as object;
  },
);

await server.listen({ port: 0, host: '127.0.0.1' });
process.send?.((server.server.address() as AddressInfo).port);
