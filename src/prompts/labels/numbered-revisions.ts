import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../common/json.js';
import { Database, type Statement } from '../../database/database.js';
import { Parameters, prepared } from '../search/parameters.js';
import { type Shelf, visibleTo } from '../search/visible-to.js';
import type { TemplateSyntax } from '../template/tokenize.js';

/** What an integer of a prompt points to, with what the prompt says of itself. */
export interface NumberedRevision {
  readonly name: string;
  readonly integer: number;
  readonly content: string;
  readonly syntax: TemplateSyntax;
  readonly description: string | null;
  readonly settings: JsonObject;
  /** The prompt's own, which are no revision's. */
  readonly tags: readonly string[];
  /** Slug of who made the pointer. */
  readonly created_by: string;
  readonly created_at: string;
  /** Slug of who moved it last. */
  readonly moved_by: string;
  readonly moved_at: string;
}

/** Contents can be 1 MiB each: a page has at most so many rows and so many bytes of them, but at least one row. */
const versionsOnPage = 200;
const promptsOnPage = 4_000;
const pageBytes = 4 * 1024 * 1024;

const columns = `p.name, l."integer", r.content, r.syntax, r.description, r.settings, p.tags,
  c.slug as created_by, l.created_at, m.slug as moved_by, l.moved_at`;
const tables = `label l join prompt p on p.id = l.prompt_id
  join revision r on r.prompt_id = l.prompt_id and r.number = l.revision
  join owner c on c.id = l.created_by join owner m on m.id = l.moved_by`;

const one: Statement = {
  name: 'numbered-revision',
  text: `select ${columns} from ${tables} where l.prompt_id = $1 and l."integer" = $2`,
};
const highest: Statement = {
  name: 'highest-numbered-revision',
  text: `select ${columns} from ${tables} where l.prompt_id = $1 and l."integer" is not null
         order by l."integer" desc limit 1`,
};
const versions: Statement = {
  name: 'numbered-revisions',
  text: onPage(
    `select l.prompt_id, l.name, sum(octet_length(r.content)) over (order by l."integer" desc) as bytes,
       row_number() over (order by l."integer" desc) as place
     from label l join revision r on r.prompt_id = l.prompt_id and r.number = l.revision
     where l.prompt_id = $1 and l."integer" < $2 order by l."integer" desc limit ${versionsOnPage}`,
  ),
};

/** The revisions of prompts as their integers number them. */
@Injectable()
export class NumberedRevisions {
  constructor(private readonly database: Database) {}

  /** Of the highest integer, if none is given. */
  async find(promptId: string, integer?: number): Promise<NumberedRevision | undefined> {
    if (integer === undefined) return (await this.database.query<NumberedRevision>(highest, [promptId]))[0];
    return (await this.database.query<NumberedRevision>(one, [promptId, integer]))[0];
  }

  /** A page of a prompt's, highest first, from below the integer. */
  versions(promptId: string, below = 2_147_483_647): Promise<NumberedRevision[]> {
    return this.database.query<NumberedRevision>(versions, [promptId, below]);
  }

  /**
   * A page of the highest of each prompt of the owner that stands on one of the shelves, by name, behind the name; of
   * those only whose settings hold `settings`, if given.
   */
  latest(ownerId: string, shelves: readonly Shelf[], behind = '', settings?: JsonObject): Promise<NumberedRevision[]> {
    const parameters = new Parameters();
    const text = onPage(
      `select l.prompt_id, l.name, sum(octet_length(r.content)) over (order by p.name) as bytes,
         row_number() over (order by p.name) as place
       from prompt p
       cross join lateral (
         select * from label where prompt_id = p.id and "integer" is not null order by "integer" desc limit 1
       ) l
       join revision r on r.prompt_id = p.id and r.number = l.revision
       where p.owner_id = ${parameters.add(ownerId)} and p.name > ${parameters.add(behind)}
         ${settings ? `and r.settings @> ${parameters.add(JSON.stringify(settings))}` : ''}
         and ${visibleTo(shelves, parameters)} order by p.name limit ${promptsOnPage}`,
    );
    return this.database.query<NumberedRevision>(prepared(text), parameters.values);
  }
}

/**
 * The pointers that `found` numbers by their `place` and sums up by their `bytes`, as far as they go onto a page. Each is
 * looked up by its key: joined freely, with old statistics, the planner may walk through all pointers for each of them.
 */
function onPage(found: string): string {
  return `select shown.* from (${found}) page
    cross join lateral (
      select ${columns} from ${tables} where l.prompt_id = page.prompt_id and l.name = page.name offset 0
    ) shown
    where page.bytes <= ${pageBytes} or page.place = 1 order by page.place`;
}
