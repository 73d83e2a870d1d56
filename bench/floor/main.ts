// The floor: bare Fastify and pg, as many connections to PostgreSQL as the product opens, and nothing else.
import { fastify } from 'fastify';
import pg from 'pg';
import { comparisons } from '../scenarios/all.js';
import { openBareStore } from './bare-store.js';

const server = fastify({ logger: false, routerOptions: { maxParamLength: 500 } });
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const store = await openBareStore();

// Bodies are the routes' own business, as the product takes them as streams too.
server.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
server.get('/health/ready', () => ({}));
for (const { floor } of comparisons) floor({ server, pool, store });
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
