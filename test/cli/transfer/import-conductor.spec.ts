import { call } from '../../support/api.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { stateOf } from './registry-state.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
/** Speaks Conductor's API: its published clients are tested against it. */
let source: TestServer;
let user: CliUser;
beforeEach(async () => {
  [server, source] = await Promise.all([startTestServer(), startTestServer()]);
  user = new CliUser({
    PROMPTYARD_URL: server.url,
    PROMPTYARD_TOKEN: server.adminKey,
    CONDUCTOR_AUTH_TOKEN: source.adminKey,
  });
});
afterEach(async () => {
  user.remove();
  await Promise.all([server.stop(), source.stop()]);
});

const read = async (path: string) => (await call(server, 'GET', path, { token: server.adminKey })).body;

async function ask(at: TestServer, method: string, path: string, json?: unknown) {
  const answer = await call(at, method, `/api/prompts${path}`, { xAuthorization: at.adminKey, json });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
}

const save = (name: string, version: number, template: string) =>
  ask(source, 'PUT', `/${encodeURIComponent(name)}?description=About%20it&version=${version}`, template);

/** As Conductor's clients read it, without the fields that no server lets clients set. */
async function versionsAt(at: TestServer, name: string) {
  const versions = (await ask(at, 'GET', `/${encodeURIComponent(name)}/versions`)) as unknown as Record<
    string,
    unknown
  >[];
  return versions.map(({ version, template, description, tags, temperature, variables }) => ({
    ...{ version, template, description, tags, temperature, variables },
  }));
}

const importing = () => ['import', 'conductor', `${source.url}/api`, '--owner', 'workspace'];

async function fill() {
  await ask(source, 'POST', '', [
    { name: 'support', template: 'One ${who}', description: 'First', temperature: 0.7 },
    { name: 'support', template: 'Two ${who}', description: 'Second', version: 2 },
  ]);
  await ask(source, 'PUT', '/support/tags', [{ key: 'team', value: 'help' }, { key: 'urgent' }]);
  await save('Order_Summary v2', 1, 'A');
  await save('Order_Summary v2', 4, 'B');
  await save('Order_Summary v2', 9, 'C');
}

it('imports templates with their names, numbers, settings and tags', async () => {
  await fill();
  expect(await user.json(importing())).toMatchObject({ source: 'conductor', made: 2, refused: [] });
  for (const name of ['support', 'Order_Summary v2'])
    expect(await versionsAt(server, name)).toEqual(await versionsAt(source, name));
  expect(await read('/v1/prompts/workspace/support/revisions/1')).toMatchObject({
    syntax: 'dollar',
    settings: { temperature: 0.7 },
    meta: { import: { source: 'conductor', from: source.url, id: 'support', version: '1', author: 'admin' } },
  });
  expect(await read('/v1/prompts/workspace/Order_Summary%20v2/resolve')).toMatchObject({ content: 'C' });
});

it('changes nothing the second time', async () => {
  await fill();
  await user.json(importing());
  const before = await stateOf(server, 'workspace', { times: true });
  expect(await user.json(importing())).toMatchObject({ made: 0, changed: 0, unchanged: 2, refused: [] });
  expect(await stateOf(server, 'workspace', { times: true })).toEqual(before);
});

it('imports changed versions, and new ones', async () => {
  await fill();
  await user.json(importing());
  await save('Order_Summary v2', 4, 'B again');
  await save('Order_Summary v2', 12, 'D');
  expect(await user.json(importing())).toMatchObject({ made: 0, changed: 1, unchanged: 1, refused: [] });
  expect(await versionsAt(server, 'Order_Summary v2')).toEqual(await versionsAt(source, 'Order_Summary v2'));
  expect(await read('/v1/prompts/workspace/Order_Summary%20v2/resolve')).toMatchObject({ content: 'D' });
  expect(await user.json(importing())).toMatchObject({ made: 0, changed: 0, unchanged: 2 });
});

it('imports into any owner, and signs in with a key pair', async () => {
  await fill();
  const made = await call(source, 'POST', '/v1/api-keys', { token: source.adminKey, json: { name: 'reader' } });
  const env = { CONDUCTOR_AUTH_TOKEN: '', CONDUCTOR_AUTH_KEY: made.body.id, CONDUCTOR_AUTH_SECRET: made.body.key };
  expect(await user.json(['import', 'conductor', source.url], { env })).toMatchObject({ owner: 'admin', made: 2 });
  expect(await read('/v1/prompts/admin/Order_Summary%20v2/revisions/3')).toMatchObject({ content: 'C' });
});
