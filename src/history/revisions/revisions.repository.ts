import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type GrantSnapshot, Revision } from './revision.entity.js';
import type { Packaging } from './revision-content.js';
import { labelsOfRevision, revisionColumns, type RevisionRow, toRevision } from './revision-row.js';
import type { RevisionDetails, RevisionItem } from './revisions.dto.js';

type WithLabels = RevisionRow & { labels: string[] };

const from = 'from revision r join owner a on a.id = r.author_id';
const one = {
  name: 'revision',
  text: `select ${revisionColumns}, ${labelsOfRevision}, r.packaging ${from} where r.prompt_id = $1 and r.number = $2`,
};
/** A page is limited in rows and bytes, but has at least one row, because a content can be 1 MiB. */
const page = {
  name: 'revision-page',
  text: `select ${revisionColumns}, ${labelsOfRevision} ${from} join (
           select id, sum(octet_length(content)) over (order by number desc) as bytes,
             row_number() over (order by number desc) as place
           from revision where prompt_id = $1 and ($2::int is null or number < $2) order by number desc limit $3
         ) page on page.id = r.id where page.bytes <= $4 or page.place = 1 order by r.number desc`,
};
const grantsOf = (prompt: string) => `
  select principal_type, coalesce(principal_id::text, '*') as principal_id, permission from prompt_grant
  where prompt_id = ${prompt} order by 1, 2, 3`;
const grants = { name: 'grants-snapshot', text: grantsOf('$1') };
// The grants are current, because every change of them locks the prompt's row as well.
const insert = {
  name: 'insert-revision',
  text: `insert into revision (
           id, prompt_id, number, parent, digest, name, title, description, content, syntax, variables, declared_variables,
           settings, data, meta, tags, packaging, packaging_digest, commit_message, author_id, created_at, grants
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, coalesce(
           (select jsonb_agg(g) from (${grantsOf('$2')}) g), '[]'))
         returning grants`,
};
const live = {
  name: 'live-revision',
  text: `select coalesce(l.revision, p.revision_count) as number
         from prompt p left join label l on l.prompt_id = p.id and l.name = 'production' where p.id = $1`,
};
const exists = { name: 'revision-exists', text: 'select 1 from revision where prompt_id = $1 and number = $2' };
const maxPageBytes = 4 * 1024 * 1024;

/** Revisions, which are inserted and read, and never anything else. */
@Injectable()
export class RevisionsRepository {
  constructor(private readonly database: Database) {}

  /** The newest revision. Callers that depend on it lock the prompt's row first. */
  newest(promptId: string): Promise<Revision | null> {
    return this.database.em.findOne(Revision, { promptId }, { orderBy: { number: 'desc' } });
  }

  /** The live revision: production, or the newest one without that label. */
  async live(promptId: string): Promise<Revision | null> {
    const [row] = await this.database.query<{ number: number }>(live, [promptId]);
    return row ? this.byNumber(promptId, row.number) : null;
  }

  byNumber(promptId: string, number: number): Promise<Revision | null> {
    return this.database.em.findOne(Revision, { promptId, number });
  }

  async exists(promptId: string, number: number): Promise<boolean> {
    return (await this.database.query(exists, [promptId, number])).length > 0;
  }

  /** The caller assigns the number and has locked the prompt's row. Pending changes of that row are flushed first. */
  async insert(revision: Omit<Revision, 'grants'>): Promise<Revision> {
    await this.database.em.flush();
    const [row] = await this.database.query<Pick<Revision, 'grants'>>(insert, [
      revision.id,
      revision.promptId,
      revision.number,
      revision.parent,
      revision.digest,
      revision.name,
      revision.title,
      revision.description,
      revision.content,
      revision.syntax,
      JSON.stringify(revision.variables),
      revision.declaredVariables,
      JSON.stringify(revision.settings),
      JSON.stringify(revision.data),
      JSON.stringify(revision.meta),
      revision.tags,
      revision.packaging && JSON.stringify(revision.packaging),
      revision.packagingDigest,
      revision.commitMessage,
      revision.authorId,
      revision.createdAt.toISOString(),
    ]);
    return { ...revision, grants: row?.grants ?? [] };
  }

  grantsOf(promptId: string): Promise<GrantSnapshot[]> {
    return this.database.query<GrantSnapshot>(grants, [promptId]);
  }

  async details(promptId: string, number: number): Promise<RevisionDetails | undefined> {
    const rows = await this.database.query<WithLabels & { packaging: Packaging | null }>(one, [promptId, number]);
    return rows.map((row) => ({ ...withLabels(row), readme: row.packaging?.readme ?? null }))[0];
  }

  /** Newest first, below the number. `hasMore` says whether a page may follow. */
  async page(promptId: string, limit: number, below: number | null): Promise<RevisionItem[]> {
    const rows = await this.database.query<WithLabels>(page, [promptId, below, limit, maxPageBytes]);
    return rows.map(withLabels);
  }
}

function withLabels(row: WithLabels): RevisionItem {
  return { ...toRevision(row), labels: row.labels };
}
