/** Converts a timestamp as PostgreSQL writes it to RFC 3339 in UTC. */
export function toRfc3339(timestamp: string): string {
  return new Date(timestamp).toISOString();
}
