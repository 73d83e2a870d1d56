import { toRfc3339 } from '../../database/timestamps.js';
import type { RevisionDetailsRecord, RevisionRecord } from './revision.repository.js';
import type { RevisionDetails, RevisionItem } from './revisions.dto.js';

/** A revision as answers show it, without the labels that point to it. */
export function toRevision(revision: RevisionRecord): Omit<RevisionItem, 'labels'> {
  return {
    number: revision.number,
    id: revision.id,
    digest: `sha256:${revision.digest}`,
    content: revision.content,
    syntax: revision.syntax,
    title: revision.title,
    description: revision.description,
    variables: revision.variables,
    settings: revision.settings,
    data: revision.data,
    meta: revision.meta,
    tags: [...revision.tags],
    packaging: revision.packagingDigest,
    commit_message: revision.commitMessage,
    author: revision.author,
    parent: revision.parent,
    created_at: toRfc3339(revision.createdAt),
  };
}

/** A revision as lists show it. */
export function toRevisionItem(revision: RevisionRecord): RevisionItem {
  return { ...toRevision(revision), labels: [...revision.labels] };
}

export function toRevisionDetails(revision: RevisionDetailsRecord): RevisionDetails {
  return { ...toRevisionItem(revision), readme: revision.packaging?.readme ?? null };
}
