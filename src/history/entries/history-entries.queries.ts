import { prepared } from '../../database/prepared-statements.js';
import { production } from '../pointers/label-name.js';

export const entriesPerPage = 20;

// `$1` is the prompt's id; `revision` is the alias of one of its revisions.

/** Without the label production, the newest revision is live. */
const liveNumber = `(select coalesce(l.revision, p.revision_count) from prompt p
  left join label l on l.prompt_id = p.id and l.name = '${production}' where p.id = $1)`;

const isLive = (revision: string) => `${revision}.number = ${liveNumber}`;

/** What is live is always there. */
const isHidden = (revision: string) => `exists (select from hidden_revision h
  where h.prompt_id = $1 and h.number = ${revision}.number and h.number <> ${liveNumber})`;

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

const columns = `r.id, r.prompt_id as "promptId", r.number, r.name, r.title, r.content, r.syntax, r.data, r.meta, r.tags,
  r.grants, r.author_id as "authorId", r.commit_message as "commitMessage", r.created_at as "createdAt",
  ${visibleParent} as "parentId", ${isLive('r')} as "isLive"`;

// By hand: which entries are on the page, and their nearest ancestors that are shown, is found before anything is read of
// them, so that a late page costs little more.
export const historyPage = prepared(
  'history-page',
  `select ${columns}, coalesce(a.name, o.slug) as "authorName", a.role as "authorRole", a.email as "authorEmail"
   from (
     select id from revision shown where prompt_id = $1 and not ${isHidden('shown')}
     order by number desc limit ${entriesPerPage} offset $2
   ) page
   join revision r on r.id = page.id
   join account a on a.id = r.author_id join owner o on o.id = r.author_id
   order by r.number desc`,
);

// By hand: as above, for one entry.
export const historyEntry = prepared(
  'history-entry',
  `select ${columns} from revision r where r.prompt_id = $1 and r.id = $2 and not ${isHidden('r')}`,
);
