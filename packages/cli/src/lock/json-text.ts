import type { z } from 'zod';

/** Undefined for what is no JSON: a schema then says what it should be. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where a file is not as its schema says, one line each. */
export function describeIssues({ issues }: z.ZodError): string[] {
  return issues.map((issue) => {
    const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
    return `${issue.path.join(' → ') || 'the file'}: ${inner?.message ?? issue.message}`;
  });
}

/** By name, so that two branches that add one each seldom meet. */
export function sortKeys<V>(record: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
