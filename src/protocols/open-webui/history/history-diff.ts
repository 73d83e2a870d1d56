import { z } from 'zod';
import type { HistoryEntry } from '../../../history/entries/hidden-revision.repository.js';
import { isSameGrants } from '../same-set.js';
import { unifiedDiff } from './difflib/unified-diff.js';
import { Snapshot, toSnapshot } from './history-entry.js';

export const HistoryDiff = z
  .object({
    from_id: z.string(),
    to_id: z.string(),
    from_snapshot: Snapshot,
    to_snapshot: Snapshot,
    content_diff: z
      .array(z.string())
      .describe('Unified diff of the contents with 3 lines of context, line by line, without line endings.'),
    line_endings_only: z.boolean().describe('Whether the contents differ in their line endings, and in nothing else.'),
    name_changed: z.boolean(),
    access_grants_changed: z.boolean(),
  })
  .meta({ id: 'OpenWebUiHistoryDiff' });
export type HistoryDiff = z.output<typeof HistoryDiff>;

/** What changed from one entry to the other. */
export function diffEntries(from: HistoryEntry, to: HistoryEntry): HistoryDiff {
  const [before, after] = [toSnapshot(from), toSnapshot(to)];
  const contentDiff = unifiedDiff(before.content, after.content, { from: nameOf(from), to: nameOf(to) });
  return {
    from_id: from.id,
    to_id: to.id,
    from_snapshot: before,
    to_snapshot: after,
    content_diff: contentDiff,
    line_endings_only: contentDiff.length === 0 && before.content !== after.content,
    name_changed: before.name !== after.name,
    access_grants_changed: !isSameGrants(before.access_grants, after.access_grants),
  };
}

function nameOf({ id }: HistoryEntry): string {
  return `v${id.slice(0, 8)}`;
}
