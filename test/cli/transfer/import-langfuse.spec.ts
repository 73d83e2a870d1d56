import { call } from '../../support/api.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { type FakeLangfuse, langfuseKeys, startFakeLangfuse } from './fake-langfuse.js';
import { runUntilKilled } from './killed-run.js';
import { stateOf } from './registry-state.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
let user: CliUser;
let source: FakeLangfuse | undefined;
beforeEach(async () => {
  server = await startTestServer();
  user = new CliUser({ PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey, ...langfuseKeys });
});
afterEach(async () => {
  user.remove();
  await source?.stop();
  source = undefined;
  await server.stop();
});

const read = async (path: string) => (await call(server, 'GET', path, { token: server.adminKey })).body;
const importing = ['import', 'langfuse'];

const prompts = () => ({
  support: [
    { prompt: 'Hello {{name}}.', labels: ['production'], tags: ['help'], config: { model: 'gpt-4o' } },
    { prompt: 'Dear {{name}}.', labels: ['staging', 'latest'], commitMessage: 'More polite', tags: ['help'] },
  ],
  'team/Chat bot': [
    {
      prompt: [
        { role: 'system', content: 'You are {{role}}.' },
        { type: 'placeholder', name: 'history' },
      ],
    },
  ],
  undeployed: [{ prompt: 'One' }, { prompt: 'Two' }],
});

it('imports versions in order, with labels, settings, tags and messages', async () => {
  source = await startFakeLangfuse(prompts());
  const report = await user.json([...importing, source.url]);
  expect(report).toMatchObject({ source: 'langfuse', owner: 'admin', made: 3, changed: 0, unchanged: 0, refused: [] });
  const { items } = await read('/v1/prompts/admin/support/revisions');
  expect(items).toMatchObject([
    {
      number: 2,
      content: 'Dear {{name}}.',
      labels: ['staging'],
      commit_message: expect.stringMatching(/^More polite\n/),
    },
    { number: 1, content: 'Hello {{name}}.', labels: ['production'], settings: { model: 'gpt-4o' }, tags: ['help'] },
  ]);
  expect(await read('/v1/prompts/admin/support')).toMatchObject({
    visibility: 'private',
    title: 'support',
    tags: ['help'],
  });
});

it('stores times and authors in meta and message', async () => {
  source = await startFakeLangfuse(prompts());
  await user.json([...importing, source.url]);
  const { meta, commit_message } = await read('/v1/prompts/admin/support/revisions/1');
  expect(meta).toEqual({
    import: {
      ...{ source: 'langfuse', from: source.url, id: 'support', version: '1', author: 'user-7' },
      at: '2025-03-01T10:00:00.000Z',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    },
  });
  expect(commit_message).toBe('Imported from langfuse, version 1 by user-7 at 2025-03-01T10:00:00.000Z');
});

it('converts a chat to a readable text, and stores it as data', async () => {
  source = await startFakeLangfuse(prompts());
  await user.json([...importing, source.url]);
  expect(await read('/v1/prompts/admin/team-chat-bot/revisions/1')).toMatchObject({
    title: 'team/Chat bot',
    content: 'system:\nYou are {{role}}.\n\n{"type":"placeholder","name":"history"}',
    data: { type: 'chat', messages: prompts()['team/Chat bot'][0]?.prompt },
    variables: [{ name: 'role' }],
  });
});

it('makes the newest version production if none was deployed', async () => {
  source = await startFakeLangfuse(prompts());
  await user.json([...importing, source.url]);
  expect(await read('/v1/prompts/admin/undeployed/resolve')).toMatchObject({ number: 2, content: 'Two' });
});

it('changes nothing the second time, and imports only new versions the third time', async () => {
  source = await startFakeLangfuse(prompts());
  await user.json([...importing, source.url]);
  const before = await stateOf(server, 'admin', { times: true });
  expect(await user.json([...importing, source.url])).toMatchObject({ made: 0, changed: 0, unchanged: 3, refused: [] });
  expect(await stateOf(server, 'admin', { times: true })).toEqual(before);

  const [first, second] = prompts().support;
  source.prompts.set('support', [
    { ...first, prompt: 'Hello {{name}}.', labels: [] },
    { ...second, prompt: 'Dear {{name}}.', labels: ['production'] },
    { prompt: 'Hi', labels: ['latest'] },
  ]);
  expect(await user.json([...importing, source.url])).toMatchObject({ made: 0, changed: 1, unchanged: 2, refused: [] });
  expect((await read('/v1/prompts/admin/support/revisions')).items).toMatchObject([
    { number: 3, content: 'Hi', labels: [] },
    { number: 2, labels: ['production', 'staging'] },
    { number: 1, labels: [] },
  ]);
});

it('completes a run that was killed', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      `prompt-${index}`,
      [{ prompt: `One ${index}` }, { prompt: `Two ${index}` }],
    ]),
  );
  source = await startFakeLangfuse(many);
  source.answersLeft = 25;
  const env = { HOME: user.home, PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey, ...langfuseKeys };
  const fake = source;
  await runUntilKilled([...importing, fake.url], env, () => fake.answersLeft < -7);
  fake.answersLeft = Infinity;
  const partial = await stateOf(server, 'admin');
  expect(partial.length).toBeLessThan(20);
  expect(await user.json([...importing, fake.url])).toMatchObject({ refused: [] });
  const state = await stateOf(server, 'admin');
  expect(state).toHaveLength(20);
  expect(state.map(({ revisions }) => revisions)).toEqual(
    state.map(({ name }) => [
      expect.objectContaining({ number: 2, content: `Two ${String(name).slice(7)}` }),
      expect.objectContaining({ number: 1, content: `One ${String(name).slice(7)}` }),
    ]),
  );
  expect(await user.json([...importing, fake.url])).toMatchObject({ made: 0, changed: 0, unchanged: 20 });
});

it('waits as long as the source asks', async () => {
  source = await startFakeLangfuse(prompts());
  source.busy = 2;
  const started = Date.now();
  expect(await user.json([...importing, source.url])).toMatchObject({ made: 3 });
  expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
});

it('continues after a prompt that cannot be imported, and reports it', async () => {
  await call(server, 'POST', '/v1/prompts/publish', {
    token: server.adminKey,
    json: { name: 'support', description: '', tags: [], content: 'Ours.' },
  });
  source = await startFakeLangfuse(prompts());
  const { code, stdout } = await user.run([...importing, source.url]);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /2 prompts made, 0 changed, 0 unchanged, 1 refused\.\nrefused: support: admin\/support already exists/,
  );
  expect(await read('/v1/prompts/admin/support/resolve')).toMatchObject({ content: 'Ours.' });
});

it('gives prompts with the same slug different names, the same in each run', async () => {
  source = await startFakeLangfuse({ 'Code Review': [{ prompt: 'A' }], 'code-review': [{ prompt: 'B' }] });
  expect(await user.json([...importing, source.url])).toMatchObject({ made: 2, refused: [] });
  const names = (await stateOf(server, 'admin')).map(({ name }) => name);
  expect(names).toEqual(['code-review', expect.stringMatching(/^code-review-[0-9a-f]{8}$/)]);
  expect(await user.json([...importing, source.url])).toMatchObject({ made: 0, changed: 0, unchanged: 2, refused: [] });
});

it('names the credentials that the source needs', async () => {
  source = await startFakeLangfuse(prompts());
  const wrong = await user.run([...importing, source.url], { env: { LANGFUSE_SECRET_KEY: 'sk-lf-2' } });
  expect(wrong).toMatchObject({ code: 4, stderr: expect.stringMatching(/answered 401\n.*LANGFUSE_SECRET_KEY/) });
  const none = await user.run([...importing, source.url], { env: { LANGFUSE_SECRET_KEY: '' } });
  expect(none).toMatchObject({ code: 4, stderr: expect.stringContaining('LANGFUSE_SECRET_KEY is not set') });
  await source.stop();
  expect((await user.run([...importing, source.url])).code).toBe(6);
});
