import { MikroORM } from '@mikro-orm/postgresql';
import { SchedulerRegistry } from '@nestjs/schedule';
import pg from 'pg';
import type { Scope } from '../../../src/common/http/access.decorator.js';
import type { Principal } from '../../../src/auth/access/principal.js';
import { OutageLogger } from '../../../src/database/outage-logger.js';
import { ormOptions } from '../../../src/database/orm-options.js';
import { ReplicaMonitor } from '../../../src/database/replicas/replica-monitor.service.js';
import { ReplicaReads } from '../../../src/database/replicas/replica-reads.js';
import { Prompt } from '../../../src/prompts/prompt.entity.js';
import { PublicReads } from '../../../src/prompts/search/public-reads.service.js';
import { createTestDatabase } from '../../support/test-database.js';

export interface SearchDatabase {
  readonly url: string;
  readonly orm: MikroORM;
  readonly client: pg.Client;
  stop(): Promise<void>;
}

/** A separate migrated database with its repositories. */
export async function startSearchDatabase(): Promise<SearchDatabase> {
  const { url, drop } = await createTestDatabase();
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 4 }, [Prompt]));
  const client = new pg.Client(url);
  await client.connect();
  const stop = async () => {
    await client.end();
    await orm.close();
    await drop();
  };
  return { url, orm, client, stop };
}

/** Reads without replicas. */
export function primaryReads(orm: MikroORM): PublicReads {
  const config = { url: '', poolSize: 4, replicaUrls: [], maxReplicaLagMs: 5_000 };
  return new PublicReads(
    new ReplicaReads(orm.em, new ReplicaMonitor(orm, config, new OutageLogger(), new SchedulerRegistry())),
    config,
  );
}

export function aPrincipal(userId: string, rights: Partial<Principal> = {}): Principal {
  const scopes: ReadonlySet<Scope> = new Set<Scope>(['prompts:read']);
  return {
    userId,
    username: userId,
    isAdmin: false,
    isPending: false,
    scopes,
    via: 'registry',
    keyId: undefined,
    boundOwnerId: undefined,
    boundPromptId: undefined,
    ...rights,
  };
}

export interface PromptRow {
  id: string;
  owner_id: string;
  name: string;
  description: string;
  visibility: 'public' | 'private';
  tags: string[];
  download_count: number;
  created_by: string;
  created_at: string;
  updated_at: string;
}

/** A user with its account. */
export async function insertUser(client: pg.Client, id: string, slug: string): Promise<void> {
  await client.query(`insert into owner (id, kind, slug) values ($1, 'user', $2)`, [id, slug]);
  await client.query(`insert into account (id, email, password_hash, role) values ($1, $2, '-', 'user')`, [id, slug]);
}

/** An organization and its members. */
export async function insertOrganization(
  client: pg.Client,
  organization: { id: string; slug: string; memberAccess: 'none' | 'read' | 'write' },
  roles: Readonly<Record<string, 'owner' | 'member'>>,
): Promise<void> {
  const { id, slug, memberAccess } = organization;
  const values = [id, slug, memberAccess];
  await client.query(`insert into owner (id, kind, slug, member_access) values ($1, 'organization', $2, $3)`, values);
  for (const [user, role] of Object.entries(roles)) {
    await client.query('insert into membership values ($1, $2, $3)', [id, user, role]);
  }
}

export async function insertPrompts(client: pg.Client, prompts: readonly PromptRow[]): Promise<void> {
  await client.query(
    `insert into prompt (id, owner_id, name, description, visibility, tags, download_count, created_by, created_at, updated_at)
     select id, owner_id, name, description, visibility, tags, download_count, created_by, created_at, updated_at
     from json_populate_recordset(null::prompt, $1)`,
    [JSON.stringify(prompts)],
  );
}
