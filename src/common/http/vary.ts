import type { FastifyReply } from 'fastify';

/** Adds to the headers of the request on which an answer depends, each once. */
export function addVary(reply: FastifyReply, names: readonly string[]): void {
  if (names.length === 1 && !reply.hasHeader('vary')) {
    reply.header('vary', names[0]);
    return;
  }
  const existing = [reply.getHeader('vary') ?? []].flat().flatMap((header) => String(header).split(/ *, */));
  reply.header('vary', [...new Set([...existing, ...names])].filter(Boolean).join(', '));
}
