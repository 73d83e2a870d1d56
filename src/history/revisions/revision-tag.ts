/** The revision that a client has read last, as an entity tag: `"7-sha256:<hex>"`. */
export interface RevisionTag {
  readonly number: number;
  /** Lower-case hex; with the prefix `sha256:` if it comes from an answer. */
  readonly digest: string;
}

const entityTagPattern = /^(?:W\/)?"(\d{1,10})-(?:sha256:)?([0-9a-f]{64})"$/;

/** Of a revision as answers show it, whose digest is `sha256:<hex>`. */
export function writeTag({ number, digest }: RevisionTag): string {
  return `"${number}-${digest}"`;
}

/**
 * Whether an If-Match header allows a change of a resource with the tag `current`: `*`, or a list that contains it.
 * A weak tag matches as well: compressed answers have it, and number and digest name the revision in every form.
 */
export function isMatch(header: string, current: RevisionTag | undefined): boolean {
  if (header.trim() === '*') return current !== undefined;
  return header.split(',').some((candidate) => {
    const [, number, digest] = entityTagPattern.exec(candidate.trim()) ?? [];
    return current !== undefined && Number(number) === current.number && digest === current.digest;
  });
}
