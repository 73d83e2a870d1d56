import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import { fastify, type FastifyInstance } from 'fastify';

const transportHeaders = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/**
 * Sends the headers that helmet advises. They are the same on every answer, so that helmet is asked for them once, and
 * not for each request.
 */
export async function sendSecurityHeaders(instance: FastifyInstance, options: FastifyHelmetOptions): Promise<void> {
  const headers = await helmetHeaders(options);
  instance.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

async function helmetHeaders(options: FastifyHelmetOptions): Promise<Record<string, string>> {
  const probe = fastify();
  await probe.register(helmet, { global: true, ...options });
  const { headers } = await probe.inject('/');
  await probe.close();
  const securityHeaders = Object.entries(headers).filter(([name]) => !transportHeaders.has(name));
  return Object.fromEntries(securityHeaders.map(([name, value]) => [name, String(value)]));
}
