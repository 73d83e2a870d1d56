import { type ApiAnswer, call } from '../support/api.js';
import { aRevision, type Revision, save } from '../support/history.js';
import { aUser, type TestUser } from '../support/users.js';
import { aPrompt, type TestPrompt } from '../support/prompts.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

let server: TestServer;
let alice: TestUser;
let prompt: TestPrompt;
beforeAll(async () => {
  server = await startTestServer();
  alice = await aUser(server);
});
afterAll(() => server.stop());
beforeEach(async () => {
  prompt = await aPrompt(server).ownedBy(alice).make();
});

const revisions = async () => {
  const { body } = await call(server, 'GET', `${prompt.path}/revisions?limit=100`);
  return body.items as unknown as Revision[];
};
const count = (answers: ApiAnswer[], status: number) => answers.filter((answer) => answer.status === status).length;

it('numbers the revisions of a hundred concurrent writers without gaps or duplicates', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => save(server, prompt, alice.key, { content: `Text ${index}` })),
  );
  expect(count(answers, 201)).toBe(100);
  const numbers = answers.map(({ body }) => Number(body.number)).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  const parents = (await revisions()).map(({ number, parent }) => [number, parent]);
  expect(parents).toEqual(numbers.reverse().map((number) => [number, number === 1 ? null : number - 1]));
});

it('lets exactly one writer per round succeed who all expect the same revision', async () => {
  await aRevision(server, prompt, alice.key, 'Round 0');
  for (let round = 1; round <= 5; round += 1) {
    const [newest] = await revisions();
    const headers = { 'if-match': `"${newest?.number}-${newest?.digest}"` };
    const inputs = Array.from({ length: 20 }, (_, index) => ({ content: `Round ${round} of ${index}` }));
    const answers = await Promise.all(inputs.map((input) => save(server, prompt, alice.key, input, headers)));
    expect([count(answers, 201), count(answers, 412)]).toEqual([1, 19]);
    const [current] = await revisions();
    const refusal = { error: 'PRECONDITION_FAILED', message: 'not the current revision' };
    const details = { number: round + 1, digest: current?.digest };
    for (const { status, body } of answers) if (status === 412) expect(body).toEqual({ ...refusal, details });
  }
});

it('creates no revision if the newest one has the same content', async () => {
  const first = await save(server, prompt, alice.key, { content: 'Hello {{name}}.', commit_message: 'One' });
  const again = await save(server, prompt, alice.key, { content: 'Hello {{name}}.', commit_message: 'Two' });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('etag')).toBe(`"1-${String(first.body.digest)}"`);
  expect(await revisions()).toHaveLength(1);
});

it('creates a revision with the content of an older one', async () => {
  for (const content of ['A', 'B', 'A']) await aRevision(server, prompt, alice.key, content);
  const [third, , first] = await revisions();
  expect([third?.number, third?.digest]).toEqual([3, first?.digest]);
});

it('keeps fields that are left out, and finds the variables of the text', async () => {
  const first = await aRevision(server, prompt, alice.key, 'For {{customer}}: {{topic | select:options=["a","b"]}}', {
    title: 'Support',
    description: 'Answers.',
    tags: ['mail', 'mail'],
    settings: { model: 'm', temperature: 0.2 },
    meta: { team: 'x' },
    variables: [{ name: 'customer', required: true, label: 'Who' }],
    readme: '# Read me',
  });
  expect(first).toMatchObject({
    title: 'Support',
    tags: ['mail'],
    syntax: 'braces',
    readme: '# Read me',
    variables: [
      { name: 'customer', required: true, label: 'Who' },
      { name: 'topic', type: 'select', required: false, options: ['a', 'b'] },
    ],
  });
  const second = await aRevision(server, prompt, alice.key, 'Dear {{customer}}, {{greeting}}', {
    commit_message: 'Shorter',
  });
  const { title, description, tags, settings, meta, readme, packaging } = first;
  expect(second).toMatchObject({ title, description, tags, settings, meta, readme, packaging, parent: 1 });
  expect(second['variables']).toEqual([
    { name: 'customer', required: true, label: 'Who' },
    { name: 'greeting', type: 'text', required: false },
  ]);
});

it('restores an old revision as a new one', async () => {
  const first = await aRevision(server, prompt, alice.key, 'Old {{a}}', { settings: { model: 'old' } });
  await aRevision(server, prompt, alice.key, 'New', { settings: { model: 'new' } });
  const restored = await call(server, 'POST', `${prompt.path}/revisions/1/restore`, { token: alice.key });
  expect(restored.status).toBe(201);
  const { number, digest, content, settings, parent, commit_message } = restored.body as unknown as Revision;
  expect({ number, digest, content, settings, parent, commit_message }).toEqual({
    number: 3,
    digest: first.digest,
    content: 'Old {{a}}',
    settings: { model: 'old' },
    parent: 2,
    commit_message: 'Restore revision 1',
  });
  const again = await call(server, 'POST', `${prompt.path}/revisions/1/restore`, { token: alice.key });
  expect([again.status, again.body['number']]).toEqual([200, 3]);
});

it('makes the first revision production; later ones get only the given labels', async () => {
  const first = await aRevision(server, prompt, alice.key, 'A');
  const second = await aRevision(server, prompt, alice.key, 'B', { labels: ['staging'] });
  const third = await aRevision(server, prompt, alice.key, 'C', { labels: ['production', 'canary'] });
  expect([first.labels, second.labels, third.labels]).toEqual([['production'], ['staging'], ['canary', 'production']]);
});

it('labels the newest revision if the content is the same', async () => {
  await aRevision(server, prompt, alice.key, 'A');
  await aRevision(server, prompt, alice.key, 'B');
  const again = await save(server, prompt, alice.key, { content: 'B', labels: ['production'] });
  expect([again.status, again.body['labels']]).toEqual([200, ['production']]);
});

it('ends a page before its contents exceed 4 MiB, and continues on the next', async () => {
  const large = 'x'.repeat(1_048_575);
  for (let index = 0; index < 6; index += 1) await aRevision(server, prompt, alice.key, `${index}${large}`);
  const seen: number[] = [];
  let query = '';
  for (;;) {
    const { body } = await call(server, 'GET', `${prompt.path}/revisions${query}`);
    expect(body.items.length).toBeLessThanOrEqual(4);
    seen.push(...body.items.map(({ number }) => Number(number)));
    if (body['next_cursor'] === null) break;
    query = `?cursor=${body['next_cursor'] as string}`;
  }
  expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
});

const deep = (levels: number): unknown => (levels === 0 ? {} : { deeper: deep(levels - 1) });

it.each([
  ['no content', {}, { content: expect.any(String) }],
  ['content over 1 MiB', { content: 'é'.repeat(524_289) }, { content: 'must be at most 1048576 bytes' }],
  ['NUL', { content: 'a\0b' }, { content: expect.stringContaining('NUL') }],
  ['another syntax', { content: 'a', syntax: 'mustache' }, { syntax: expect.any(String) }],
  ['the computed label', { content: 'a', labels: ['latest'] }, { 'labels.0': expect.stringContaining('latest') }],
  ['a number as a label', { content: 'a', labels: ['7'] }, { 'labels.0': expect.stringContaining('must match') }],
  ['a version as a label', { content: 'a', labels: ['1.0.0'] }, { 'labels.0': expect.stringContaining('must match') }],
  ['a variable twice', { content: 'a', variables: [{ name: 'a' }, { name: 'a' }] }, { variables: 'names one twice' }],
  ['a bad variable name', { content: 'a', variables: [{ name: 'a b' }] }, { 'variables.0.name': expect.any(String) }],
  ['deep metadata', { content: 'a', meta: deep(80) }, { meta: expect.stringContaining('levels') }],
  ['NUL in settings', { content: 'a', settings: { a: ['\0'] } }, { settings: expect.any(String) }],
  [
    'too many variables',
    { content: Array.from({ length: 10_001 }, (_, index) => `{{v${index}}}`).join('') },
    { content: 'must use at most 10000 variables' },
  ],
])('refuses %s, and stores nothing', async (_what, input, details) => {
  const { status, body } = await save(server, prompt, alice.key, input);
  expect({ status, body }).toEqual({
    status: 422,
    body: { error: 'VALIDATION_ERROR', message: 'validation failed', details },
  });
  expect(await revisions()).toEqual([]);
});

it('refuses a revision with a label that its author may not move', async () => {
  await aRevision(server, prompt, alice.key, 'A');
  const protection = { token: alice.key, json: { writers: ['admin'] } };
  await call(server, 'PUT', `${prompt.path}/labels/live/protection`, protection);
  const { status, body } = await save(server, prompt, alice.key, { content: 'B', labels: ['staging', 'live'] });
  expect([status, body['message'], body.details]).toEqual([403, 'the label is protected', { label: 'live' }]);
  expect((await revisions()).map(({ labels }) => labels)).toEqual([['production']]);
});
