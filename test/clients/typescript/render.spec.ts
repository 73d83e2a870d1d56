import fc from 'fast-check';
import { createPrompts, type Prompts, TemplateProblems } from '@promptyard/client/index.js';
import { call } from '../../support/api.js';
import { aRevision, point } from '../../support/history.js';
import { aUser, type TestUser } from '../../support/users.js';
import { aPrompt, type TestPrompt } from '../../support/prompts.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';

let server: TestServer;
let ann: TestUser;
let prompts: Prompts;
/** The requests to the server, as `status path`. */
let asked: string[];

beforeAll(async () => {
  server = await startTestServer();
  ann = await aUser(server);
  await aPublished('tone', ['Be {{mood}} to {{customer}}.', 'Be very {{mood}}{{"{{"}}.'], true);
  await aPublished('inner', ['<{{> OWNER/tone@latest}}|{{> OWNER/tone}}>']);
});
afterAll(() => server.stop());
beforeEach(() => {
  asked = [];
  prompts = createPrompts({
    baseUrl: server.url,
    auth: ann.key,
    verify: true,
    maxAgeMs: 0,
    maxStaleMs: 0,
    fetch: listening,
  });
});

const listening: typeof fetch = async (request) => {
  const response = await fetch(request);
  asked.push(`${response.status} ${new URL(response.url).pathname.split('/').slice(-2).join('/')}`);
  return response;
};

describe('a prompt of the server', () => {
  it('has the digest that the server says, and is not requested again', async () => {
    const prompt = await aPublished('once', ['Hello {{who}}.']);
    const id = `${prompt.owner}/once`;
    const { digest, resolved_by } = await prompts.getPrompt(id);
    expect(resolved_by).toEqual({ label: 'production' });
    expect(await prompts.getPrompt(id, { expect: digest ?? '' })).toMatchObject({ number: 1 });
    expect(asked).toEqual(['200 once/resolve', '304 once/resolve']);
  });

  it('follows a label that is moved', async () => {
    const prompt = await aPublished('moved', ['one', 'two']);
    const id = `${prompt.owner}/moved`;
    expect(await prompts.getPrompt(id)).toMatchObject({ content: 'one' });
    await point(server, prompt, ann.key, 'production', { revision: 2 });
    expect(await prompts.getPrompt(id)).toMatchObject({ content: 'two', number: 2 });
  });

  it('never changes when it is read by number', async () => {
    const { owner } = await aPublished('fixed', ['one', 'two']);
    await prompts.getPrompt(`${owner}/fixed`, { revision: 1 });
    expect(await prompts.getPrompt(`${owner}/fixed`, { revision: 1 })).toMatchObject({
      content: 'one',
      isStale: false,
    });
    expect(asked).toEqual(['200 fixed/resolve']);
  });

  it('is not given to a caller without access', async () => {
    const { owner } = await aPrompt(server, 'secret').ownedBy(ann).private().make();
    const asking = createPrompts({ baseUrl: server.url }).getPrompt(`${owner}/secret`);
    await expect(asking).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});

const marks = [
  '{{name}}',
  '{{ age | number:min=1:max=9 }}',
  '{{kind | select:options=["a","b"]:default="a"}}',
  '{{must | text:required}}',
  '{{CURRENT_DATE}}',
  '{{"{{"}}',
  '${name}',
  '{{> OWNER/tone}}',
  '{{> OWNER/tone@latest}}',
  '{{> OWNER/tone@1.0.0}}',
  '{{> OWNER/tone@01.0.0}}',
  '{{> OWNER/inner}}',
  '{{> OWNER/nowhere}}',
  '{{',
  ' é\n',
];
const template = fc.array(fc.constantFrom(...marks), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
const value = fc.oneof(
  fc.constantFrom('b', '{{name}}', '', null, 5, 0.5, true),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const names = ['name', 'age', 'kind', 'must', 'mood', 'customer', 'CURRENT_DATE', 'surplus'];
const values = fc.dictionary(fc.constantFrom(...names), value);

it('renders the same text and reports the same problems as the server', async () => {
  const prompt = await aPublished('any', ['{{start}}']);
  const id = `${prompt.owner}/any`;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(template, values, fc.boolean(), async (text, given, strict) => {
      count += 1;
      const content = `${count} ${text}`.replaceAll('OWNER', prompt.owner);
      const { number: revision } = await aRevision(server, prompt, ann.key, content);
      const input = { revision, variables: given, strict };
      const [local, remote] = await Promise.all([
        renderedHere(id, input),
        call(server, 'POST', `${prompt.path}/render`, { token: ann.key, json: input }),
      ]);
      expect(local).toEqual(remote.status === 200 ? expected(remote.body) : { problems: remote.body.details });
    }),
    { numRuns: 60 },
  );
}, 240_000);

async function renderedHere(
  id: string,
  { revision, variables, strict }: { revision: number; variables: object; strict: boolean },
) {
  try {
    const prompt = await prompts.getPrompt(id, { revision });
    return await prompt.render({ ...variables }, { strict });
  } catch (error) {
    if (error instanceof TemplateProblems) return { problems: error.details };
    throw error;
  }
}

/** The same fields of the server's answer. */
function expected({ text, receipt }: { readonly [field: string]: unknown }) {
  const { variables, parts } = receipt as { variables: string[]; parts: object[] };
  return { text, variables, parts };
}

it('finds includes through the same cache, and reports missing ones', async () => {
  const { owner } = await aPublished('root', ['{{> OWNER/tone}} {{> OWNER/tone@latest}} {{> OWNER/inner}}']);
  prompts = createPrompts({ baseUrl: server.url, auth: ann.key, fetch: listening });
  const prompt = await prompts.getPrompt(`${owner}/root`);
  await prompt.render({ mood: 'kind', customer: 'Ada' });
  const { text } = await prompt.render({ mood: 'kind', customer: 'Ada' });
  expect(text).toBe('Be kind to Ada. Be very kind{{. <Be very kind{{.|Be kind to Ada.>');
  expect(asked.sort()).toEqual(['200 inner/resolve', '200 root/resolve', '200 tone/resolve', '200 tone/resolve']);
});

/** Of Ann, with a revision for each content; the first one is production, and released if that is wished for. */
async function aPublished(name: string, contents: string[], isReleased = false): Promise<TestPrompt> {
  const prompt = await aPrompt(server, name).ownedBy(ann).make();
  for (const content of contents) await aRevision(server, prompt, ann.key, content.replaceAll('OWNER', prompt.owner));
  await point(server, prompt, ann.key, 'production', { revision: 1 });
  if (isReleased)
    await call(server, 'POST', `${prompt.path}/revisions/1/release`, { token: ann.key, json: { version: '1.0.0' } });
  return prompt;
}
