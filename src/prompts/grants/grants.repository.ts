import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../../database/database.js';
import { toRfc3339 } from '../../database/timestamps.js';
import type { Grant, WantedGrant } from './grant.js';

interface GrantRow {
  id: string;
  principal_type: Grant['principalType'];
  principal_id: string | null;
  name: string;
  permission: Grant['permission'];
  created_at: string;
}

const granteeName = `coalesce(o.slug, g.slug, '*')`;
const ofPrompt = {
  name: 'grants-of-prompt',
  text: `select t.id, t.principal_type, t.principal_id, ${granteeName} as name, t.permission, t.created_at
         from prompt_grant t
         left join owner o on t.principal_type = 'user' and o.id = t.principal_id
         left join user_group g on t.principal_type = 'group' and g.id = t.principal_id
         where t.prompt_id = $1
         order by t.principal_type desc, ${granteeName} collate "C", t.permission`,
};
const pathOf = {
  name: 'path-of-granted-prompt',
  text: `select o.slug || '/' || p.name as path from prompt p join owner o on o.id = p.owner_id where p.id = $1`,
};
// Locked in the order in which a group's deletion locks them, so that the two never wait for each other.
const remove = {
  name: 'remove-grants',
  text: `delete from prompt_grant where id in (
           select id from prompt_grant where prompt_id = $1 order by prompt_id, permission for update)`,
};
const insert = {
  name: 'insert-grants',
  text: `insert into prompt_grant (id, prompt_id, principal_type, principal_id, permission, created_at)
         select w.id, $1, w.principal_type, w.principal_id, w.permission, now()
         from json_to_recordset($2) as w (id uuid, principal_type text, principal_id uuid, permission text)`,
};
// Search keeps a copy of who reads what.
const refreshSearch = { name: 'refresh-readers', text: 'select refresh_prompt_readers(array[$1]::uuid[])' };

@Injectable()
export class GrantsRepository {
  constructor(private readonly database: Database) {}

  async of(promptId: string): Promise<Grant[]> {
    const rows = await this.database.query<GrantRow>(ofPrompt, [promptId]);
    return rows.map((row) => ({
      id: row.id,
      principalType: row.principal_type,
      principalId: row.principal_id,
      name: row.name,
      permission: row.permission,
      createdAt: toRfc3339(row.created_at),
    }));
  }

  /** `owner/name` of the prompt, as people call it. */
  async pathOf(promptId: string): Promise<string> {
    const [row] = await this.database.query<{ path: string }>(pathOf, [promptId]);
    return row?.path ?? promptId;
  }

  /** Puts these in place of all grants on the prompt, whose row the running transaction holds. */
  async replace(promptId: string, wanted: readonly WantedGrant[]): Promise<void> {
    await this.database.query(remove, [promptId]);
    const rows = wanted.map(({ principalType, principalId, permission }) => ({
      id: randomUUID(),
      principal_type: principalType,
      principal_id: principalId,
      permission,
    }));
    if (rows.length > 0) await this.database.query(insert, [promptId, JSON.stringify(rows)]);
    await this.database.query(refreshSearch, [promptId]);
  }
}
