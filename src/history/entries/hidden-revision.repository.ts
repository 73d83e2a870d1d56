import { EntityRepository } from '@mikro-orm/postgresql';
import type { Role } from '../../auth/accounts/account.entity.js';
import { isUuid } from '../../common/http/scalars.js';
import { HiddenRevision } from './hidden-revision.entity.js';
import { entriesPerPage, historyEntry, historyPage } from './history-entries.queries.js';
import type { Revision } from '../revisions/revision.entity.js';

type SnapshotField = 'name' | 'content' | 'syntax' | 'data' | 'meta' | 'tags' | 'grants';
type EntryField = 'id' | 'promptId' | 'number' | 'authorId' | 'commitMessage';

/** A revision that the history of Open WebUI shows. */
export interface HistoryEntry extends Readonly<Pick<Revision, SnapshotField | EntryField>> {
  readonly title: string | null;
  /** Id of its nearest ancestor that is shown. */
  readonly parentId: string | null;
  readonly createdAt: string;
  /** Whether it is live: production, or the newest revision without that label. */
  readonly isLive: boolean;
}

/** A history entry with its author. */
export interface AuthoredEntry extends HistoryEntry {
  readonly authorName: string;
  readonly authorRole: Role;
  readonly authorEmail: string;
}

/** The revisions of a prompt as the history of Open WebUI shows them, where they can be hidden. */
export class HiddenRevisionRepository extends EntityRepository<HiddenRevision> {
  /** Newest first, `page` counting from 0. */
  entries(promptId: string, page: number): Promise<AuthoredEntry[]> {
    return this.em.execute<AuthoredEntry[]>(historyPage, [promptId, page * entriesPerPage]);
  }

  /** Undefined for an entry of another prompt, a hidden one, or a malformed id. */
  async entry(promptId: string, id: string): Promise<HistoryEntry | undefined> {
    if (!isUuid(id)) return undefined;
    return (await this.em.execute<HistoryEntry[]>(historyEntry, [promptId, id]))[0];
  }

  /** Hides one that was found, in the running transaction, which holds the prompt's lock. */
  hide({ promptId, number }: HistoryEntry, hiddenBy: string): void {
    this.create({ promptId, number, hiddenBy });
  }
}

HiddenRevision.setCustomRepository(() => HiddenRevisionRepository);
