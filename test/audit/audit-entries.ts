import { call } from '../support/api.js';
import type { TestUser } from '../support/users.js';
import type { TestServer } from '../support/test-server.js';

/** An entry of the ledger as it is answered. */
export interface Entry {
  readonly id: number;
  readonly at: string;
  readonly actor: string | null;
  readonly key_id: string | null;
  readonly protocol: string;
  readonly action: string;
  readonly subject_type: string;
  readonly subject: string;
  readonly prompt: string | null;
  readonly prompt_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Source {
  readonly path?: string;
  readonly token?: string;
}

/** The newest entries, newest first. */
export async function entries(server: TestServer, query = '', source: Source = {}): Promise<Entry[]> {
  const { path = '/v1/audit', token = server.adminKey } = source;
  const { status, text } = await call(server, 'GET', `${path}?limit=100&${query}`, { token });
  if (status !== 200) throw new Error(text);
  return (JSON.parse(text) as { items: Entry[] }).items;
}

/** Every entry, page by page, by the links alone; `meanwhile` happens after each page. */
export async function walk(
  server: TestServer,
  query = '',
  { path = '/v1/audit', token = server.adminKey }: Source = {},
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Entry[][]> {
  const pages: Entry[][] = [];
  let next: string | undefined = `${path}?${query}`;
  while (next !== undefined) {
    const { status, text, headers } = await call(server, 'GET', next, { token });
    if (status !== 200) throw new Error(text);
    pages.push((JSON.parse(text) as { items: Entry[] }).items);
    next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    await meanwhile();
  }
  return pages;
}

/** The entries that are recorded during the work, oldest first. */
export async function recordedBy(server: TestServer, act: () => Promise<unknown>): Promise<Entry[]> {
  const [newest] = await entries(server);
  await act();
  const later = (await entries(server)).filter(({ id }) => id > (newest?.id ?? 0));
  return later.reverse();
}

/** A key that was created through the API, so that its id is known. */
export async function aKnownKey(server: TestServer, { key }: Pick<TestUser, 'key'>, options: object = {}) {
  const { status, body, text } = await call(server, 'POST', '/v1/api-keys', {
    token: key,
    json: { name: 'known', ...options },
  });
  if (status !== 201) throw new Error(`no key: ${text}`);
  return { id: body.id, key: body.key };
}

/** Inserts rows of entries, `minutesApart` in time, the newest now, with many actions and actors. */
export async function seedEntries(
  server: TestServer,
  options: { count: number; minutesApart?: number; promptId?: string; subject?: string },
): Promise<void> {
  const { count, minutesApart = 1, promptId = null, subject = 'seeded' } = options;
  await server.database.pool.query(
    `insert into audit_entry (at, actor_id, protocol, action, subject_type, subject, prompt_id, details)
     select now() - make_interval(mins => ($1 - n) * $2), (select id from account order by created_at limit 1), 'registry',
            'label.move', 'label', $4, $3, jsonb_build_object('n', n)
     from generate_series(1, $1::int) n order by n`,
    [count, minutesApart, promptId, subject],
  );
}
