import type { FastifyReply } from 'fastify';

/** Adds to the headers of the request on which an answer depends, each once. */
export function addVary(reply: FastifyReply, names: readonly string[]): void {
  const existing = [reply.getHeader('vary') ?? []].flat().flatMap((header) => String(header).split(/ *, */));
  reply.header('vary', [...new Set([...existing, ...names])].filter(Boolean).join(', '));
}
