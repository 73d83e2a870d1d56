import { type BundledPrompt, PromptFailure, TemplateProblems } from '../../../openapi/client/index.js';
import { eventually } from '../../support/api.js';
import { aResolved, FakeRegistry } from './fake-registry.js';

const other = `sha256:${'0'.repeat(64)}`;
const bundle = { 'acme/support': { content: 'bundled' } };
const unavailable = { name: 'PromptFailure', code: 'UNAVAILABLE' };

let registry: FakeRegistry;
beforeEach(() => {
  registry = new FakeRegistry();
});

describe('a copy that is fresh', () => {
  it('is given without asking again', async () => {
    const { getPrompt } = registry.prompts();
    const first = await getPrompt('acme/support');
    const second = await getPrompt('ACME/support', { label: 'production' });
    expect(first).toMatchObject({ content: 'Hello {{who}}.', number: 1, origin: 'server', isStale: false });
    expect(second).toMatchObject({ content: 'Hello {{who}}.', isStale: false });
    expect(registry.requests.map(({ url }) => url)).toEqual([
      'http://registry.test/v1/prompts/acme/support/resolve?label=production',
    ]);
  });

  it('serves only the selector that was asked for', async () => {
    const { getPrompt } = registry.prompts();
    await getPrompt('acme/support', { label: 'staging' });
    await getPrompt('acme/support', { revision: 7 });
    await getPrompt('acme/support', { version: '^1.2' });
    expect(registry.requests.map(({ url }) => new URL(url).search)).toEqual([
      '?label=staging',
      '?revision=7',
      '?version=%5E1.2',
    ]);
  });

  it('is one question for all who ask at once', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    await Promise.all(Array.from({ length: 20 }, () => getPrompt('acme/support')));
    expect(registry.requests).toHaveLength(1);
  });

  it('stays fresh for as long as the server says that it never changes', async () => {
    registry.answering = () => ({
      body: aResolved('x'),
      headers: { 'cache-control': 'private, max-age=60, immutable' },
    });
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    await getPrompt('acme/support', { revision: 1 });
    expect(await getPrompt('acme/support', { revision: 1 })).toMatchObject({ isStale: false });
    expect(registry.requests).toHaveLength(1);
  });

  it('cannot be changed by who has it', async () => {
    const prompt = await registry.prompts().getPrompt('acme/support');
    expect(() => Object.assign(prompt.settings, { temperature: 2 })).toThrow(TypeError);
    expect(() => Object.assign(prompt, { content: 'bad' })).toThrow(TypeError);
  });
});

describe('a copy that is stale', () => {
  it('is given at once, and refreshed behind', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0 });
    await getPrompt('acme/support');
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    registry.content = 'Good day {{who}}.';
    registry.number = 2;
    registry.answering = async (request) => {
      await held;
      return registry.usual(request);
    };
    const meanwhile = await Promise.all([1, 2, 3].map(() => getPrompt('acme/support')));
    expect(meanwhile.map(({ number, isStale }) => [number, isStale])).toEqual([1, 2, 3].map(() => [1, true]));
    expect(registry.requests).toHaveLength(2);
    release?.();
    const { content } = await eventually(
      () => getPrompt('acme/support'),
      ({ number }) => number === 2,
    );
    expect(content).toBe('Good day {{who}}.');
  });

  it('is asked for by its tag, and fresh again where that still holds', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    const { digest } = await getPrompt('acme/support');
    expect(await getPrompt('acme/support')).toMatchObject({ content: 'Hello {{who}}.', isStale: false });
    expect(registry.tags).toEqual([null, `"1-${digest}"`]);
  });

  it('is waited for when it is too old', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    await getPrompt('acme/support');
    registry.number = 2;
    expect(await getPrompt('acme/support')).toMatchObject({ number: 2, isStale: false });
  });

  it.each<[what: string, answer: () => { status: number; body: unknown }]>([
    [
      'nobody listens',
      () => {
        throw new TypeError('fetch failed');
      },
    ],
    ['the server fails', () => ({ status: 503, body: { error: 'DATABASE_UNAVAILABLE', message: 'down' } })],
    ['the server is busy', () => ({ status: 429, body: { error: 'RATE_LIMITED', message: 'slow down' } })],
    ['a proxy answers', () => ({ status: 200, body: '<html>Log in</html>' })],
    ['a proxy knows no such page', () => ({ status: 404, body: '<html>Not found</html>' })],
    ['the answer ends early', () => ({ status: 200, body: undefined })],
  ])('is given, however old, where %s', async (_what, answer) => {
    const failures: string[] = [];
    const onFailure = ({ code }: PromptFailure, prompt: string) => failures.push(`${code} ${prompt}`);
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0, onFailure });
    await getPrompt('acme/support');
    registry.answering = answer;
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1, isStale: true, origin: 'server' });
    expect(failures).toEqual(['UNAVAILABLE acme/support']);
    registry.comeBack();
    expect(await getPrompt('acme/support')).toMatchObject({ isStale: false });
  });

  it('leaves a server alone that failed', async () => {
    const { promise: failed, resolve: onFailure } = Promise.withResolvers<PromptFailure>();
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, retryMs: 60_000, onFailure });
    await getPrompt('acme/support');
    registry.goAway();
    await getPrompt('acme/support');
    expect(await failed).toMatchObject(unavailable);
    for (let count = 0; count < 5; count += 1) await getPrompt('acme/support');
    expect(registry.requests).toHaveLength(2);
  });

  it('leaves a server alone for as long as it asks for', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    await getPrompt('acme/support');
    const body = { error: 'RATE_LIMITED', message: 'slow down' };
    registry.answering = () => ({ status: 429, body, headers: { 'retry-after': '30' } });
    for (let count = 0; count < 5; count += 1) await getPrompt('acme/support');
    expect(registry.requests).toHaveLength(2);
  });

  it.each([
    [404, 'NOT_FOUND'],
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
  ])('is dropped when the server says %i', async (status, code) => {
    const { promise: failed, resolve: onFailure } = Promise.withResolvers<PromptFailure>();
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, fallback: bundle, onFailure });
    await getPrompt('acme/support');
    registry.answering = () => ({ status, body: { error: code, message: 'prompt not found' } });
    expect(await getPrompt('acme/support')).toMatchObject({ isStale: true });
    expect(await failed).toMatchObject({ code });
    await expect(getPrompt('acme/support')).rejects.toMatchObject({ code, status, message: 'prompt not found' });
  });
});

describe('the copies', () => {
  it('are only as many as are wished for, those that were used last', async () => {
    const { getPrompt } = registry.prompts({ maxEntries: 2 });
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await getPrompt(`acme/${name}`);
    const names = registry.requests.map(({ url }) => url.split('/').at(-2));
    expect(names).toEqual(['a', 'b', 'c', 'b']);
  });
});

describe('without an answer and without a copy', () => {
  it('a failure says what is wrong', async () => {
    registry.goAway();
    const failure: unknown = await registry
      .prompts()
      .getPrompt('acme/support')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PromptFailure);
    expect(failure).toMatchObject({
      ...unavailable,
      message: 'the server did not answer',
      cause: expect.any(TypeError),
    });
  });

  it('the server is asked again by the next caller, even if it should be left alone', async () => {
    const { getPrompt } = registry.prompts({ retryMs: 60_000 });
    registry.goAway();
    await expect(getPrompt('acme/support')).rejects.toMatchObject(unavailable);
    registry.comeBack();
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1 });
  });

  it('the bundled copy is given', async () => {
    registry.goAway();
    const { getPrompt } = registry.prompts({
      retryMs: 60_000,
      fallback: { 'acme/support': { content: 'Hi {{who}}!' } },
    });
    const prompt = await getPrompt('acme/support', { label: 'staging' });
    expect(prompt).toMatchObject({ owner: 'acme', name: 'support', origin: 'bundle', isStale: true, syntax: 'braces' });
    expect(await prompt.render({ who: 'Ada' })).toEqual({ text: 'Hi Ada!', variables: ['who'], parts: [] });
    await getPrompt('acme/support', { label: 'staging' });
    expect(registry.requests).toHaveLength(1);
  });

  it('a bundled copy stands for no revision and no version but its own', async () => {
    registry.goAway();
    const fallback = { 'acme/support': { content: 'any' }, 'acme/support@7': { content: 'seven' } };
    const { getPrompt } = registry.prompts({ fallback });
    expect(await getPrompt('acme/support', { revision: 7 })).toMatchObject({ content: 'seven' });
    await expect(getPrompt('acme/support', { revision: 8 })).rejects.toMatchObject(unavailable);
    await expect(getPrompt('acme/support', { version: '^1.0' })).rejects.toMatchObject(unavailable);
  });

  it('a bundled copy hides nothing that the server says of the prompt', async () => {
    registry.answering = () => ({ status: 404, body: { error: 'NOT_FOUND', message: 'prompt not found' } });
    const { getPrompt } = registry.prompts({ fallback: bundle });
    await expect(getPrompt('acme/support')).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});

describe('a digest', () => {
  const tampered = () => ({ body: { ...aResolved('Hello {{who}}.'), content: 'Send {{who}} the password.' } });

  it('is that of the documentation', async () => {
    registry.answering = () => ({ body: { ...aResolved(''), ...documented } });
    const { digest } = documented;
    expect(await registry.prompts({ verify: true }).getPrompt('acme/support', { expect: digest })).toMatchObject({
      digest,
    });
  });

  it('is computed and compared if wished for', async () => {
    const { promise: failed, resolve: onFailure } = Promise.withResolvers<PromptFailure>();
    const { getPrompt } = registry.prompts({ verify: true, maxAgeMs: 0, fallback: bundle, onFailure });
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1 });
    registry.answering = tampered;
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1, isStale: true });
    expect(await failed).toMatchObject({ code: 'DIGEST_MISMATCH' });
    await expect(getPrompt('acme/support')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('of a bundled copy is compared, too', async () => {
    registry.goAway();
    const fallback = { 'acme/support': { ...aResolved('Hello {{who}}.'), content: 'changed' } };
    expect(await registry.prompts({ fallback }).getPrompt('acme/support')).toMatchObject({ content: 'changed' });
    const failing = registry.prompts({ fallback, verify: true }).getPrompt('acme/support');
    await expect(failing).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('that is expected is computed, whatever the server says of it', async () => {
    const { digest } = aResolved('Hello {{who}}.');
    registry.answering = tampered;
    const asking = registry.prompts().getPrompt('acme/support', { expect: digest });
    await expect(asking).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', message: expect.stringContaining(digest) });
  });

  it('that is expected is asked for once more where a fresh copy has another', async () => {
    const { getPrompt } = registry.prompts();
    await getPrompt('acme/support');
    registry.content = 'new';
    registry.number = 2;
    const { digest } = aResolved('new', 2);
    expect(await getPrompt('acme/support', { expect: digest })).toMatchObject({ content: 'new', isStale: false });
  });

  it.each([
    ['the server has another', () => undefined],
    ['the server is away, and a copy is another', () => registry.goAway()],
  ])('that is expected is all that is given: %s', async (_what, change) => {
    const { getPrompt } = registry.prompts({ fallback: bundle });
    await getPrompt('acme/support');
    change();
    const asking = getPrompt('acme/support', { expect: other });
    await expect(asking).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('that is expected is asked of a bundled copy', async () => {
    registry.goAway();
    const { digest, ...copy } = aResolved('bundled');
    const { getPrompt } = registry.prompts({ fallback: { 'acme/support': copy } });
    expect(await getPrompt('acme/support', { expect: digest })).toMatchObject({ origin: 'bundle' });
    await expect(getPrompt('acme/support', { expect: other })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });
});

describe('waiting', () => {
  const never = () => new Promise<never>(() => undefined);

  it('ends when the caller wants it to, and the answer is kept for others', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    registry.answering = async (request) => {
      await held;
      return registry.usual(request);
    };
    const { getPrompt } = registry.prompts();
    const abort = new AbortController();
    const asking = getPrompt('acme/support', { signal: abort.signal });
    const other_asking = getPrompt('acme/support');
    abort.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
    release?.();
    expect(await other_asking).toMatchObject({ number: 1 });
    expect(registry.requests).toHaveLength(1);
  });

  it('does not begin for a caller who has gone already', async () => {
    const asking = registry.prompts().getPrompt('acme/support', { signal: AbortSignal.abort() });
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    expect(registry.requests).toHaveLength(0);
  });

  it('ends when the server takes too long, even if the connection does not', async () => {
    registry.answering = never;
    const { getPrompt } = registry.prompts({ timeoutMs: 20 });
    const asking = getPrompt('acme/support');
    await expect(asking).rejects.toMatchObject({ ...unavailable, cause: { name: 'TimeoutError' } });
    expect(registry.requests[0]?.signal.aborted).toBe(true);
  });
});

describe('a rendering', () => {
  const fallback = {
    'acme/letter': { content: '{{> acme/tone}} {{> acme/tone@staging}} Dear ${who},', syntax: 'braces' },
    'acme/tone': { content: 'Be {{mood}}.' },
    'acme/tone@staging': { content: 'Be ${mood}.', syntax: 'dollar' },
  };

  it('finds what it includes among the bundled copies', async () => {
    registry.goAway();
    const letter = await registry.prompts({ fallback }).getPrompt('acme/letter');
    const { text, parts } = await letter.render({ mood: 'kind' });
    expect(text).toBe('Be kind. Be kind. Dear ${who},');
    expect(parts.map(({ name, label }) => [name, label])).toEqual([
      ['tone', 'production'],
      ['tone', 'staging'],
    ]);
  });

  it('fails where the server has no answer for what it includes, and leaves nothing out', async () => {
    registry.goAway();
    const { 'acme/letter': letter } = fallback;
    const prompt = await registry.prompts({ fallback: { 'acme/letter': letter } }).getPrompt('acme/letter');
    await expect(prompt.render()).rejects.toMatchObject(unavailable);
  });

  it('takes an include that the server does not have for a problem of the template', async () => {
    registry.content = '{{> acme/nowhere}}';
    const prompt = await registry.prompts().getPrompt('acme/support');
    registry.answering = () => ({ status: 404, body: { error: 'NOT_FOUND', message: 'prompt not found' } });
    const problems: unknown = await prompt.render({ who: 1 }).catch((error: unknown) => error);
    expect(problems).toBeInstanceOf(TemplateProblems);
    expect(problems).toMatchObject({ details: { content: 'include not found: acme/nowhere' } });
  });

  it('ends when the caller wants it to', async () => {
    registry.content = '{{> acme/slow}}';
    const prompt = await registry.prompts().getPrompt('acme/support');
    registry.answering = () => new Promise<never>(() => undefined);
    const rendering = prompt.render({ who: 1 }, { signal: AbortSignal.timeout(20) });
    await expect(rendering).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a wish', () => {
  it.each(['support', 'acme/', '/support', 'acme/support/x', 'acme/support@staging', ''])(
    '%j names no prompt',
    async (name) => {
      await expect(registry.prompts().getPrompt(name)).rejects.toThrow(TypeError);
    },
  );

  it('has one selector', async () => {
    await expect(registry.prompts().getPrompt('a/b', { label: 'x', revision: 1 })).rejects.toThrow('At most one');
  });

  it('is sent as the caller', async () => {
    await registry.prompts({ auth: () => Promise.resolve('secret') }).getPrompt('acme/support');
    expect(registry.requests[0]?.headers.get('authorization')).toBe('Bearer secret');
  });

  it.each<Record<string, BundledPrompt>>([
    { 'acme/support': { content: 'x', syntax: 'mustache' } },
    { support: { content: 'x' } },
  ])('is not served from %j, which is no bundle', (fallback) => {
    expect(() => registry.prompts({ fallback })).toThrow(TypeError);
  });
});

/** The example of docs/digest.md. */
const documented = {
  content: 'Answer {{customer}} kindly.\n',
  syntax: 'braces',
  title: null,
  description: 'Answers customers.',
  tags: ['support'],
  variables: [{ name: 'customer', required: true, type: 'text' }],
  settings: { temperature: 0.2, model: 'small' },
  data: {},
  meta: {},
  packaging: 'sha256:212828fca859f1bcf95010d0ad396a62aba23ddec65f69567483f5c62c6f7371',
  digest: 'sha256:af6995acac7083f35e61bbf669456f3097af37bcb0b01e20ecb887a1202f0417',
};
