/** The injection token of a topic of the configuration. */
export function configToken(topic: string): string {
  return `configuration of ${topic}`;
}
