import { toRfc3339 } from '../../database/timestamps.js';
import type { LabelMoveRecord } from '../pointers/label-move.repository.js';
import type { LabelRecord } from '../pointers/label.repository.js';
import type { LabelItem, LabelMove } from './labels.dto.js';

/** A label as `/v1` shows it. */
export function toLabelItem({
  label,
  revision,
  digest,
  movedAt,
  movedBy,
  writers,
  isProtected,
}: LabelRecord): LabelItem {
  return {
    label,
    revision,
    digest: digest && `sha256:${digest}`,
    moved_at: movedAt && toRfc3339(movedAt),
    moved_by: movedBy,
    protected: isProtected,
    writers,
  };
}

/** A move of a label as `/v1` shows it. */
export function toLabelMove({ fromRevision, toRevision, movedAt, movedBy, protocol }: LabelMoveRecord): LabelMove {
  return {
    from_revision: fromRevision,
    to_revision: toRevision,
    moved_at: toRfc3339(movedAt),
    moved_by: movedBy,
    protocol,
  };
}
