import type { FastifyInstance } from 'fastify';

const closing = new WeakSet<FastifyInstance>();

/** Marks the server as closing: new requests on open connections are refused, running ones are answered. */
export function markClosing(instance: FastifyInstance): void {
  closing.add(instance);
}

export function isClosing(instance: FastifyInstance): boolean {
  return closing.has(instance);
}
