import { z } from 'zod';
import { shownAs } from '@promptyard/template/convert-syntax.js';
import type { AuthoredEntry, HistoryEntry } from '../../../history/entries/hidden-revision.repository.js';
import { UserModel } from '../prompt-model.js';
import { Seconds, toSeconds } from '../seconds.js';

const Fields = z.record(z.string(), z.unknown());
const SnapshotGrant = z
  .object({
    principal_type: z.enum(['user', 'group']),
    principal_id: z.string().describe('Id of the user or group; `*`, as a user, is every user who is signed in.'),
    permission: z.enum(['read', 'write']),
  })
  .meta({ id: 'OpenWebUiSnapshotGrant' });

export const Snapshot = z
  .object({
    name: z.string().describe('The title.'),
    content: z.string().describe('The text, with its variables as `{{name}}`.'),
    command: z.string().describe('What the prompt was called by then.'),
    data: Fields,
    meta: Fields,
    tags: z.array(z.string()),
    access_grants: z.array(SnapshotGrant).describe('To whom the prompt was granted then.'),
  })
  .meta({ id: 'OpenWebUiSnapshot' });
export type Snapshot = z.output<typeof Snapshot>;

export const HistoryEntryModel = z
  .object({
    id: z.string(),
    prompt_id: z.string(),
    parent_id: z
      .string()
      .nullable()
      .describe('Id of the entry it was made from; if that one was deleted, the id of its parent.'),
    snapshot: Snapshot.describe('The prompt as it was saved.'),
    user_id: z.string().describe('Id of who saved it.'),
    commit_message: z.string().nullable(),
    created_at: Seconds,
  })
  .meta({ id: 'OpenWebUiHistoryEntry' });
export type HistoryEntryModel = z.output<typeof HistoryEntryModel>;

const HistoryItem = HistoryEntryModel.extend({ user: UserModel.describe('Who saved it.') }).meta({
  id: 'OpenWebUiHistoryItem',
});
type HistoryItem = z.output<typeof HistoryItem>;

export const History = z.array(HistoryItem).meta({ id: 'OpenWebUiHistory' });

export function toSnapshot(entry: HistoryEntry): Snapshot {
  return {
    name: entry.title ?? entry.name,
    content: shownAs({ text: entry.content, syntax: entry.syntax }, 'braces'),
    command: entry.name,
    data: entry.data,
    meta: entry.meta,
    tags: [...entry.tags],
    access_grants: [...entry.grants],
  };
}

export function toHistoryEntry(entry: HistoryEntry): HistoryEntryModel {
  return {
    id: entry.id,
    prompt_id: entry.promptId,
    parent_id: entry.parentId,
    snapshot: toSnapshot(entry),
    user_id: entry.authorId,
    commit_message: entry.commitMessage === '' ? null : entry.commitMessage,
    created_at: toSeconds(entry.createdAt),
  };
}

export function toHistoryItem(entry: AuthoredEntry): HistoryItem {
  const { authorId: id, authorName: name, authorRole: role, authorEmail: email } = entry;
  return { ...toHistoryEntry(entry), user: { id, name, role, email } };
}
