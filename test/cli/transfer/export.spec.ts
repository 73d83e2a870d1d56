import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { call } from '../../support/api.js';
import { versionForm } from '../../support/form.js';
import { packageOf } from '../../support/packages.js';
import { aUser } from '../../support/users.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { runUntilKilled } from './killed-run.js';
import { stateOf } from './registry-state.js';
import { CliUser } from '../run-cli.js';

let first: TestServer;
let second: TestServer;
let user: CliUser;
beforeEach(async () => {
  [first, second] = await Promise.all([startTestServer(), startTestServer()]);
  user = new CliUser();
  for (const server of [first, second]) await aUser(server, { username: 'alice' });
});
afterEach(async () => {
  user.remove();
  await Promise.all([first.stop(), second.stop()]);
});

const on = (server: TestServer) => ({ env: { PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey } });
const exporting = ['export', '--owner', 'admin', 'all.tar.gz'];
const importing = ['import', 'archive', 'all.tar.gz'];

async function ask(method: string, path: string, json?: unknown) {
  const { status, body, text } = await call(first, method, path, { token: first.adminKey, json });
  if (status >= 300) throw new Error(`${method} ${path}: ${text}`);
  return body;
}

async function publish(id: string, name: string, version: string, template: string): Promise<void> {
  const archive = await packageOf({ name, version, template, author: 'Ann', readme: `# ${version}`, tags: ['kind'] });
  const answer = await call(first, 'POST', `/v1/prompts/${id}/versions`, {
    token: first.adminKey,
    ...versionForm(version, archive),
  });
  if (answer.status !== 201) throw new Error(answer.text);
}

/** Everything that an owner can have: revisions, labels that moved, packages of every kind, grants, names of any form. */
async function fill(): Promise<void> {
  const { id } = await ask('POST', '/v1/prompts', { name: 'support', description: 'Helps.', tags: ['help'] });
  const at = '/v1/prompts/admin/support';
  await publish(id, 'support', '1.0.0', 'Hello {{who}}.');
  await ask('POST', `${at}/revisions`, {
    content: 'Dear {{who}}, {{topic}}.',
    title: 'Support',
    settings: { model: 'm', temperature: 0.5 },
    data: { chat: [1, null] },
    meta: { k: 'v' },
    variables: [{ name: 'topic', required: true, type: 'select', options: ['a', 'b'] }],
    readme: '# By hand',
    commit_message: 'Politer',
    labels: ['staging'],
  });
  await publish(id, 'support', '1.1.0', 'Hello {{who}}!');
  await ask('PUT', `${at}/labels/staging`, { revision: 3 });
  await ask('PUT', `${at}/labels/staging`, { revision: 1 });
  await publish(id, 'support', '0.9.0', 'Old {{who}}.');
  await ask('POST', `${at}/revisions`, { content: 'Plain.', description: 'Now plain.', tags: [], readme: '' });
  await ask('POST', `${at}/revisions/5/release?allow_breaking=true`, { version: '2.0.0' });
  await ask('PUT', `${at}/labels/production`, { version: '1.1.0' });
  await ask('PUT', `${at}/labels/staging/protection`, { writers: ['admin', 'alice'] });
  await ask('PATCH', `${at}/versions/1.0.0`, { yanked: true, reason: 'It leaks.' });
  await ask('PATCH', `${at}/versions/0.9.0`, { deprecated: 'use 1.1.0' });
  await ask('PUT', `${at}/grants`, { items: [{ principal_type: 'user', principal: 'alice', permission: 'write' }] });
  await ask('PATCH', `/v1/prompts/${id}`, { title: 'Support desk', visibility: 'private', tags: ['help', 'desk'] });
  await ask('POST', '/v1/prompts', { name: 'empty', description: 'Nothing yet.' });
  await fillElsewhere();
}

/** Through the other protocols, in the same owner: names that are no slugs. */
async function fillElsewhere(): Promise<void> {
  const { key } = await ask('POST', '/v1/api-keys', { name: 'bound', owner: 'admin' });
  const create = { command: 'greet me', name: 'Greet', content: 'Hi {{who}}', data: { a: 1 }, commit_message: 'Start' };
  const { body } = await call(first, 'POST', '/api/v1/prompts/create', { token: key, json: create });
  const update = { ...create, content: 'Hello {{who}}', commit_message: 'Longer' };
  await call(first, 'POST', `/api/v1/prompts/id/${body.id}/update`, { token: key, json: update });
  const options = { xAuthorization: key, json: 'Sum up ${text}' };
  await call(first, 'PUT', '/api/prompts/Sum_up?description=Sums', options);
}

it('imports everything of an owner into an empty registry', async () => {
  await fill();
  const exported = await user.json(exporting, on(first));
  expect(exported).toMatchObject({ owner: 'admin', prompts: 4, revisions: 8, packages: 4 });
  const report = await user.json(importing, on(second));
  expect(report).toMatchObject({ made: 4, changed: 0, unchanged: 0, refused: [], differences: [] });
  expect(await stateOf(second, 'admin')).toEqual(await stateOf(first, 'admin'));
});

it('keeps packages byte for byte', async () => {
  await fill();
  await user.json(exporting, on(first));
  await user.json(importing, on(second));
  const download = async ({ url, adminKey }: TestServer, version: string) => {
    const at = `${url}/v1/prompts/admin/support/versions/${version}/download`;
    return Buffer.from(await (await fetch(at, { headers: { authorization: `Bearer ${adminKey}` } })).arrayBuffer());
  };
  for (const version of ['0.9.0', '1.0.0', '1.1.0', '2.0.0'])
    expect((await download(second, version)).equals(await download(first, version))).toBe(true);
});

it('changes nothing the second time', async () => {
  await fill();
  await user.json(exporting, on(first));
  await user.json(importing, on(second));
  const before = await stateOf(second, 'admin', { times: true });
  expect(await user.json(importing, on(second))).toMatchObject({ made: 0, changed: 0, unchanged: 4, refused: [] });
  expect(await stateOf(second, 'admin', { times: true })).toEqual(before);
});

it('exports the same again from the new registry', async () => {
  await fill();
  await user.json(exporting, on(first));
  await user.json([...importing, '--owner', 'workspace'], on(second));
  await user.json(['export', '--owner', 'workspace', 'again.tar.gz'], on(second));
  expect(await user.json(['import', 'archive', 'again.tar.gz', '--owner', 'admin'], on(first))).toMatchObject({
    made: 0,
    changed: 0,
    unchanged: 4,
    refused: [],
  });
});

it('completes an import that was killed', async () => {
  await fill();
  for (let number = 0; number < 30; number += 1) {
    await ask('POST', '/v1/prompts', { name: `many-${number}`, description: '' });
    for (const content of ['One', 'Two', 'Three'])
      await ask('POST', `/v1/prompts/admin/many-${number}/revisions`, {
        content,
        labels: [`l-${content.toLowerCase()}`],
      });
  }
  await user.json(exporting, on(first));
  const count = async () => {
    const { rows } = await second.database.pool.query<{ count: number }>('select count(*)::int as count from revision');
    return rows[0]?.count ?? 0;
  };
  const env = { HOME: user.home, ...on(second).env };
  await runUntilKilled(['import', 'archive', join(user.home, 'all.tar.gz')], env, async () => (await count()) >= 12);
  expect(await count()).toBeLessThan(98);
  expect(await user.json(importing, on(second))).toMatchObject({ refused: [], differences: [] });
  expect(await stateOf(second, 'admin')).toEqual(await stateOf(first, 'admin'));
});

it('reports what it cannot import, and imports the rest', async () => {
  await fill();
  await ask('POST', '/v1/users', { username: 'bob', email: 'bob@example.com' });
  const items = [{ principal_type: 'user', principal: 'bob', permission: 'read' }];
  await ask('PUT', '/v1/prompts/admin/support/grants', { items });
  await user.json(exporting, on(first));
  const report = await user.json(importing, on(second));
  expect(report).toMatchObject({ made: 4, refused: [] });
  expect(report.differences).toEqual([{ item: 'support', reason: expect.stringMatching(/grants.*no such user/) }]);
});

it('refuses a name that another prompt has, and does not change that', async () => {
  await fill();
  await user.json(exporting, on(first));
  const json = { name: 'support', description: '', tags: [], content: 'Ours.' };
  await call(second, 'POST', '/v1/prompts/publish', { token: second.adminKey, json });
  const { code, stdout } = await user.run([...importing, '--json'], on(second));
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ made: 3, refused: [{ item: 'support' }] });
  const resolved = await call(second, 'GET', '/v1/prompts/admin/support/resolve');
  expect(resolved.body).toMatchObject({ number: 1, content: 'Ours.' });
});

describe('an archive that is not what was exported', () => {
  const damage: [string, (archive: Buffer) => Buffer][] = [
    ['cut off', (archive) => archive.subarray(0, archive.length - 2000)],
    ['cut off between two files', (archive) => gzipSync(gunzipSync(archive).subarray(0, 4096))],
    [
      'changed',
      (archive) => {
        const tar = gunzipSync(archive);
        const at = tar.indexOf('Dear {{who}}');
        tar.write('Fear', at);
        return gzipSync(tar);
      },
    ],
    ['something else', () => gzipSync('no archive')],
    ['no gzip', () => Buffer.from('no archive')],
  ];

  it.each(damage)('is refused before anything is imported if it is %s', async (_, damaged) => {
    await fill();
    await user.json(exporting, on(first));
    const file = join(user.home, 'all.tar.gz');
    writeFileSync(file, damaged(readFileSync(file)));
    const { code, stderr } = await user.run(importing, on(second));
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('all.tar.gz') });
    expect(await stateOf(second, 'admin')).toEqual([]);
  });
});

it('leaves no partial archive if the export fails', async () => {
  await fill();
  writeFileSync(join(user.home, 'all.tar.gz'), 'the one before');
  await first.database.pool.query(`update version set sha256 = repeat('0', 64) where version = '1.1.0'`);
  const { code, stderr } = await user.run(exporting, on(first));
  expect({ code, stderr }).toEqual({
    code: 5,
    stderr: expect.stringContaining('support@1.1.0 is not what was published'),
  });
  expect(readFileSync(join(user.home, 'all.tar.gz'), 'utf8')).toBe('the one before');
});

it('reports that there is nothing to export', async () => {
  expect(await user.run(['export', '--owner', 'nobody', 'none.tar.gz'], on(first))).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('nobody has no prompts that you may read'),
  });
});
