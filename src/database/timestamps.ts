/** The driver leaves timestamps as PostgreSQL writes them; this is the same instant as RFC 3339 in UTC. */
export function toRfc3339(timestamp: string): string {
  return new Date(timestamp).toISOString();
}
