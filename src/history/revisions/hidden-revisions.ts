import { production } from '../labels/label-name.js';

// For hand-written statements whose `$1` is the prompt's id; `revision` is the alias of one of its revisions.

/** Without the label production, the newest revision is live. */
const liveNumber = `(select coalesce(l.revision, p.revision_count) from prompt p
  left join label l on l.prompt_id = p.id and l.name = '${production}' where p.id = $1)`;

export const isLive = (revision: string) => `${revision}.number = ${liveNumber}`;

/**
 * Whether the revision is hidden from the history of Open WebUI. The live revision is never hidden. Other protocols
 * still read hidden revisions.
 */
export const isHidden = (revision: string) => `exists (select from hidden_revision h
  where h.prompt_id = $1 and h.number = ${revision}.number and h.number <> ${liveNumber})`;
