import { production } from '../labels/label-name.js';

// For hand-written statements whose `$1` is the prompt's id; `revision` is the alias of one of its revisions.

/** Where nothing is production, the newest revision stands in for it. */
const liveNumber = `(select coalesce(l.revision, p.revision_count) from prompt p
  left join label l on l.prompt_id = p.id and l.name = '${production}' where p.id = $1)`;

export const isLive = (revision: string) => `${revision}.number = ${liveNumber}`;

/** Whether it is deleted from the history of Open WebUI; what is live is always there. The rest of the world still reads it. */
export const isHidden = (revision: string) => `exists (select from hidden_revision h
  where h.prompt_id = $1 and h.number = ${revision}.number and h.number <> ${liveNumber})`;
