import { toRfc3339 } from '../../database/timestamps.js';
import type { RevisionItem } from './revisions.dto.js';

/** A revision `r` with its author's owner `a`, as columns of a hand-written statement. */
export const revisionColumns = `r.number, r.id, r.digest, r.content, r.syntax, r.title, r.description, r.variables,
  r.settings, r.data, r.meta, r.tags, r.packaging_digest, r.commit_message, a.slug as author, r.parent, r.created_at`;

/** The named labels that point to the revision `r`. */
export const labelsOfRevision = `array(select l.name from label l
  where l.prompt_id = r.prompt_id and l.revision = r.number and l."integer" is null order by l.name) as labels`;

export interface RevisionRow extends Omit<RevisionItem, 'packaging' | 'labels'> {
  /** Lower-case hex. */
  readonly digest: string;
  readonly packaging_digest: string | null;
}

/** The revision as answers show it, without its labels. */
export function toRevision(row: RevisionRow): Omit<RevisionItem, 'labels'> {
  return {
    number: row.number,
    id: row.id,
    digest: `sha256:${row.digest}`,
    content: row.content,
    syntax: row.syntax,
    title: row.title,
    description: row.description,
    variables: row.variables,
    settings: row.settings,
    data: row.data,
    meta: row.meta,
    tags: row.tags,
    packaging: row.packaging_digest,
    commit_message: row.commit_message,
    author: row.author,
    parent: row.parent,
    created_at: toRfc3339(row.created_at),
  };
}
