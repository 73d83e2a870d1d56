/** The deprecation of a version. */
export interface Deprecation {
  /** What to use instead. */
  readonly notice: string;
  readonly since: Date;
}

/** From columns of the table `release`. */
export function toDeprecation(notice: string | null, since: string | null): Deprecation | undefined {
  return notice !== null && since !== null ? { notice, since: new Date(since) } : undefined;
}

/** As headers: the time is RFC 9745; of the notice, what no header can hold is percent-encoded. */
export function deprecationHeaders(deprecation: Deprecation | undefined): Record<string, string> {
  if (!deprecation) return {};
  const { notice, since } = deprecation;
  return {
    deprecation: `@${Math.floor(since.getTime() / 1000)}`,
    'deprecation-notice': encodeURI(notice).replaceAll('%20', ' '),
  };
}
