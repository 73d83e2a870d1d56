import { Injectable } from '@nestjs/common';
import type { Role } from '../../auth/accounts/account.entity.js';
import { isUuid } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import { isHidden, isLive } from './hidden-revisions.js';
import type { Revision } from './revision.entity.js';

type SnapshotFields = Pick<Revision, 'name' | 'content' | 'syntax' | 'data' | 'meta' | 'tags' | 'grants'>;

/** A revision that the history of Open WebUI shows. */
export interface HistoryEntry extends SnapshotFields {
  readonly id: string;
  readonly prompt_id: string;
  readonly number: number;
  readonly title: string | null;
  /** Id of its nearest ancestor that is shown. */
  readonly parent_id: string | null;
  readonly author_id: string;
  readonly commit_message: string;
  readonly created_at: string;
  /** Whether it is live: production, or the newest revision without that label. */
  readonly is_live: boolean;
}

/** A history entry with its author. */
export interface AuthoredEntry extends HistoryEntry {
  readonly author_name: string;
  readonly author_role: Role;
  readonly author_email: string;
}

export const entriesPerPage = 20;

// One step skips a sequence of hidden revisions, each of which was created from the previous one, as in nearly every
// history.
const visibleParent = `(with recursive ancestor (id, parent, is_hidden) as (
    select null::uuid, r.parent, true
    union all
    select step.* from ancestor cross join lateral (
      select v.id, v.parent, ${isHidden('v')} from revision v
      where v.prompt_id = $1 and v.number <= ancestor.parent
        and (v.parent is distinct from v.number - 1 or not ${isHidden('v')})
      order by v.number desc limit 1
    ) step where ancestor.is_hidden
  ) select id from ancestor where not is_hidden)`;
const columns = `r.id, r.prompt_id, r.number, r.name, r.title, r.content, r.syntax, r.data, r.meta, r.tags, r.grants,
  r.author_id, r.commit_message, r.created_at, ${visibleParent} as parent_id, ${isLive('r')} as is_live`;
export const statements = {
  /** The ids of the page are found before the entries are read, so that a late page is not much slower. */
  page: {
    name: 'history-page',
    text: `select ${columns}, coalesce(a.name, o.slug) as author_name, a.role as author_role, a.email as author_email
           from (
             select id from revision shown where prompt_id = $1 and not ${isHidden('shown')}
             order by number desc limit ${entriesPerPage} offset $2
           ) page
           join revision r on r.id = page.id
           join account a on a.id = r.author_id join owner o on o.id = r.author_id
           order by r.number desc`,
  },
  one: {
    name: 'history-entry',
    text: `select ${columns} from revision r where r.prompt_id = $1 and r.id = $2 and not ${isHidden('r')}`,
  },
  hide: {
    name: 'hide-revision',
    text: 'insert into hidden_revision (prompt_id, number, hidden_by) values ($1, $2, $3)',
  },
};

/** The revisions of a prompt as the history of Open WebUI shows them, where they can be deleted. */
@Injectable()
export class HistoryEntriesRepository {
  constructor(private readonly database: Database) {}

  /** Newest first, `page` counting from 0. */
  page(promptId: string, page: number): Promise<AuthoredEntry[]> {
    return this.database.query<AuthoredEntry>(statements.page, [promptId, page * entriesPerPage]);
  }

  /** Undefined for an entry of another prompt, a hidden one, or a malformed id. */
  async find(promptId: string, id: string): Promise<HistoryEntry | undefined> {
    if (!isUuid(id)) return undefined;
    return (await this.database.query<HistoryEntry>(statements.one, [promptId, id]))[0];
  }

  /** Hides an entry, in the transaction that has locked the prompt's row. */
  async hide({ prompt_id, number }: HistoryEntry, by: string): Promise<void> {
    await this.database.query(statements.hide, [prompt_id, number, by]);
  }
}
