import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { LivePrompt } from './live-prompt.js';

const grants = `(select coalesce(json_agg(json_build_object(
    'id', g.id, 'principal_type', g.principal_type, 'principal_id', coalesce(g.principal_id::text, '*'),
    'permission', g.permission, 'created_at', floor(extract(epoch from g.created_at))
  ) order by g.principal_type desc, g.principal_id nulls first, g.permission), '[]')
  from prompt_grant g where g.prompt_id = p.id) as grants`;

/** A live prompt, as columns of a hand-written statement over the tables below. */
export const liveColumns = `p.id, p.owner_id, p.name, p.title, r.content, r.syntax, p.data, p.meta, p.tags, p.is_active,
  p.created_by, case when r.number = l.revision then r.id end as production_id, p.created_at, p.updated_at, ${grants}`;

/** Joins a prompt `p` with its live revision `r`. A prompt without a revision is left out. */
export const liveRevision = `left join label l on l.prompt_id = p.id and l.name = 'production'
  join revision r on r.prompt_id = p.id and r.number = coalesce(l.revision, p.revision_count)`;

/** The prompts `p` with their live revision `r`. */
export const liveTables = `prompt p ${liveRevision}`;

const one = {
  name: 'live-prompt',
  text: `select ${liveColumns} from ${liveTables} where p.id = $1 and p.deleted_at is null`,
};

/** Prompts as they are live. */
@Injectable()
export class LivePromptsRepository {
  constructor(private readonly database: Database) {}

  /** Undefined for one that is deleted, or has no revision. */
  async find(id: string): Promise<LivePrompt | undefined> {
    return (await this.database.query<LivePrompt>(one, [id]))[0];
  }
}
