import type { FastifyInstance } from 'fastify';

const closing = new WeakSet<FastifyInstance>();

/** From now on the server refuses what is asked newly, on connections that are open; what is under way it answers. */
export function beginToClose(instance: FastifyInstance): void {
  closing.add(instance);
}

export function isClosing(instance: FastifyInstance): boolean {
  return closing.has(instance);
}
