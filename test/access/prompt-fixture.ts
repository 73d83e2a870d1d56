import { randomUUID } from 'node:crypto';
import { grantTo } from '../support/grants.js';
import type { TestServer } from '../support/test-server.js';
import type { AccessActors } from './access-actors.js';

export interface PromptFixture {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly version: string;
}

let count = 0;

export interface PromptFixtureOptions {
  readonly visibility: 'public' | 'private';
  readonly isDeleted?: boolean;
  readonly hasVersion: boolean;
  /** The users who may move each protected label. The default is the label `guarded`, which all actors may move. */
  readonly protectedLabels?: Readonly<Record<string, readonly string[]>>;
}

/** A text that all fields of the prompt contain. */
export const secretOf = ({ name }: Pick<PromptFixture, 'name'>) => `Secret words <${name}>`;

/** A new prompt of the organization, or only a name and an id of no prompt. */
export async function createPromptFixture(
  server: TestServer,
  accessActors: AccessActors,
  options: PromptFixtureOptions | 'nothing',
): Promise<PromptFixture> {
  const prompt = {
    id: randomUUID(),
    name: `scene-${(count += 1)}`,
    owner: accessActors.organization.slug,
    version: '1.0.0',
  };
  if (options === 'nothing') return prompt;
  const { pool } = server.database;
  const ownerId = accessActors.organization.id;
  await pool.query(
    `insert into prompt (id, owner_id, name, description, visibility, latest_version, created_by, deleted_at, tags, meta, data)
     values ($1, $2, $3, $8, $4, $5, $6, $7, array[$8], jsonb_build_object('note', $8::text), jsonb_build_object('note', $8::text))`,
    [
      prompt.id,
      ownerId,
      prompt.name,
      options.visibility,
      options.hasVersion ? prompt.version : null,
      accessActors.creator.id,
      options.isDeleted ? new Date() : null,
      secretOf(prompt),
    ],
  );
  await insertHistory(pool, prompt, accessActors.creator.id);
  for (const [label, writers] of Object.entries(options.protectedLabels ?? { guarded: accessActors.userIds })) {
    const insert = 'insert into label_protection (prompt_id, label, writers) values ($1, $2, $3)';
    await pool.query(insert, [prompt.id, label, writers]);
  }
  for (const { principal, permission } of accessActors.granted) await grantTo(pool, principal, permission, [prompt.id]);
  if (!options.hasVersion) return prompt;
  await pool.query('insert into published_name (owner_id, name, prompt_id) values ($1, $2, $3)', [
    ownerId,
    prompt.name,
    prompt.id,
  ]);
  await pool.query(
    `insert into version (id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by)
     values ($1, $2, $3, 1, 0, 0, $4, $5, 1, '{}', '[]', $6)`,
    [
      randomUUID(),
      prompt.id,
      prompt.version,
      `${ownerId}/${prompt.name}/1.0.0.tar.gz`,
      '0'.repeat(64),
      accessActors.creator.id,
    ],
  );
  await pool.query(
    'insert into release (prompt_id, version, major, minor, patch, revision) values ($1, $2, 1, 0, 0, 1)',
    [prompt.id, prompt.version],
  );
  return prompt;
}

/** Two revisions, of which the first is production. */
async function insertHistory(
  pool: TestServer['database']['pool'],
  prompt: PromptFixture,
  authorId: string,
): Promise<void> {
  const promptId = prompt.id;
  for (const number of [1, 2]) {
    await pool.query(
      `insert into revision (id, prompt_id, number, parent, digest, name, content, syntax, variables, declared_variables,
                             settings, data, meta, tags, grants, commit_message, author_id, created_at)
       values ($1, $2, $3, nullif($3 - 1, 0), $4, 'scene', $5, 'braces', '[]', 0, '{}', '{}', '{}', '{}', '[]', '', $6, now())`,
      [randomUUID(), promptId, number, String(number).repeat(64), `${secretOf(prompt)} ${number}.`, authorId],
    );
  }
  await pool.query('update prompt set revision_count = 2 where id = $1', [promptId]);
  await pool.query(
    `insert into label (prompt_id, name, "integer", revision, created_at, created_by, moved_at, moved_by)
     values ($1, 'production', null, 1, now(), $2, now(), $2), ($1, '1', 1, 1, now(), $2, now(), $2)`,
    [promptId, authorId],
  );
  await pool.query(
    `insert into label_move (prompt_id, label, to_revision, moved_at, moved_by, protocol)
     values ($1, 'production', 1, now(), $2, 'registry')`,
    [promptId, authorId],
  );
}
