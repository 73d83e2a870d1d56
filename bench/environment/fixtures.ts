import type { Client } from 'pg';
import { scopes } from '../../src/common/http/access.decorator.js';
import { manyTemplatesOwner } from '../seed/many-templates.js';
import { admin } from './programs.js';

/** The data that requests use. */
export interface Fixtures {
  /** Public prompts with ten versions and 25 revisions. */
  readonly published: readonly KnownPrompt[];
  /** Private ones of the workspace, where the other protocols act; with as many revisions. */
  readonly templates: readonly KnownPrompt[];
  /** Public ones with a hundred and with a thousand versions. */
  readonly listed: { readonly hundred: readonly KnownPrompt[]; readonly thousand: readonly KnownPrompt[] };
  /** `upload-00`, `upload-01`, ...: public and without versions. */
  readonly uploads: readonly KnownPrompt[];
  /** The admin's. */
  readonly apiKey: string;
  /** The admin's for the owner of ten thousand templates: what it lists are those. */
  readonly manyTemplatesKey: string;
  /** Entity tag of what `production` points to, by the path of its prompt. */
  readonly etags: ReadonlyMap<string, string>;
}

export interface KnownPrompt {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  /** `/v1/prompts/{owner}/{name}` */
  readonly path: string;
}

export async function readFixtures(url: string, client: Client): Promise<Fixtures> {
  const { rows } = await client.query<Omit<KnownPrompt, 'path'>>(
    `select p.id, o.slug as owner, p.name from prompt p join owner o on o.id = p.owner_id
     where p.latest_version is not null or p.name like 'upload-%' or p.name like 'list-%' order by p.name`,
  );
  const prompts = rows.map((row) => ({ ...row, path: `/v1/prompts/${row.owner}/${row.name}` }));
  const uploads = prompts.filter(({ name }) => name.startsWith('upload-'));
  const templates = prompts.filter(({ owner }) => owner === 'workspace');
  const [hundred, thousand] = ['list-100-', 'list-1000-'].map((start) =>
    prompts.filter(({ name }) => name.startsWith(start)),
  );
  const listed = { hundred: hundred ?? [], thousand: thousand ?? [] };
  const others = new Set([...uploads, ...templates, ...listed.hundred, ...listed.thousand]);
  const published = prompts.filter((each) => !others.has(each));
  const apiKey = await createApiKey(url);
  const manyTemplatesKey = await createApiKey(url, manyTemplatesOwner);
  const etags = await readEtags(url, published);
  return { published, templates, listed, uploads, apiKey, manyTemplatesKey, etags };
}

/** A key of the admin with every scope. */
export async function createApiKey(url: string, owner?: string): Promise<string> {
  const { token } = await post<{ token: string }>(`${url}/v1/auth/login`, admin);
  const { key } = await post<{ key: string }>(`${url}/v1/api-keys`, { name: 'bench', scopes, owner }, token);
  return key;
}

async function readEtags(url: string, prompts: readonly KnownPrompt[]): Promise<Map<string, string>> {
  const tags = new Map<string, string>();
  for (const { path } of prompts) {
    const response = await fetch(`${url}${path}/resolve`);
    await response.arrayBuffer();
    tags.set(path, response.headers.get('etag') ?? '');
  }
  return tags;
}

async function post<T>(url: string, body: object, token?: string): Promise<T> {
  const credentials = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...credentials };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
