// The floor: plain Fastify and pg, with as many connections to PostgreSQL as the product.
import { fastify } from 'fastify';
import pg from 'pg';
import { comparisons } from './scenarios/all.js';
import { openBareStore } from './floor/bare-store.js';

const server = fastify({ logger: false, routerOptions: { maxParamLength: 500 } });
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const store = await openBareStore();

// Routes read their bodies as streams, like the product.
server.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
server.get('/health/ready', () => ({}));
for (const { floor } of comparisons) floor({ server, pool, store });
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
