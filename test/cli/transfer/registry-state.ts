import { type Body, call } from '../../support/api.js';
import type { TestServer } from '../../support/test-server.js';

type Row = Readonly<Record<string, unknown>>;

/** The state of all prompts of an owner in a registry. `times` adds the time of each prompt's last change. */
export async function stateOf(server: TestServer, owner: string, { times = false } = {}): Promise<Row[]> {
  const read = reader(server);
  const prompts: Row[] = [];
  for (let page = 0; ; page += 1) {
    const { items } = await read(`/v1/prompts?owner=${owner}&sort=name&limit=100&offset=${page * 100}`);
    for (const { name } of items) prompts.push(await stateOfPrompt(server, owner, name, times));
    if (items.length < 100) return prompts;
  }
}

async function stateOfPrompt(server: TestServer, owner: string, name: string, times: boolean): Promise<Row> {
  const read = reader(server);
  const path = `/v1/prompts/${owner}/${encodeURIComponent(name)}`;
  const prompt = await read(path);
  const labels = (await read(`${path}/labels`)).items;
  const histories: Row = Object.fromEntries(
    await Promise.all(
      labels.map(async ({ label }) => [String(label), await movesOf(server, `${path}/labels/${String(label)}`)]),
    ),
  );
  return {
    ...pick(
      prompt,
      'name',
      'title',
      'description',
      'visibility',
      'tags',
      'enforce_variable_contract',
      'latest_version',
    ),
    ...(times ? pick(prompt, 'id', 'updated_at') : {}),
    grants: (await read(`${path}/grants`)).items.map((grant) => pick(grant, 'principal_type', 'name', 'permission')),
    versions: (await read(`${path}/versions`)).items.map((version) =>
      pick(version, 'version', 'sha256', 'size', 'yanked', 'yank_reason', 'deprecated'),
    ),
    revisions: (await read(`${path}/revisions?limit=100`)).items.map((revision) =>
      pick(revision, 'number', 'digest', 'content', 'commit_message', 'parent', 'labels'),
    ),
    labels: labels.map((label) => pick(label, 'label', 'revision', 'protected', 'writers')),
    histories,
  };
}

async function movesOf(server: TestServer, path: string): Promise<unknown> {
  const { status, body } = await call(server, 'GET', `${path}/history`, { token: server.adminKey });
  return status === 404 ? [] : body.items.map((move) => pick(move, 'from_revision', 'to_revision'));
}

function reader(server: TestServer) {
  return async (path: string): Promise<Body> => {
    const { status, body, text } = await call(server, 'GET', path, { token: server.adminKey });
    if (status !== 200) throw new Error(`${path}: ${text}`);
    return body;
  };
}

function pick(body: Body, ...fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, body[field]]));
}
