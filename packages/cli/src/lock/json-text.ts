import type { z } from 'zod';

/** Undefined for invalid JSON, which a schema then reports. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The violations of a file's schema, one line each. */
export function describeIssues({ issues }: z.ZodError): string[] {
  return issues.map((issue) => {
    const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
    return `${issue.path.join(' → ') || 'the file'}: ${inner?.message ?? issue.message}`;
  });
}

/** Sorted by name, so that additions of two branches rarely conflict. */
export function sortKeys<V>(record: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
