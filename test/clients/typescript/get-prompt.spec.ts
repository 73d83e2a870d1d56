import { type BundledPrompt, TemplateProblems } from '@promptyard/client/index.js';
import { aResolved, FakeRegistry, unavailable } from './fake-registry.js';

let registry: FakeRegistry;
beforeEach(() => {
  registry = new FakeRegistry();
});

describe('a copy that is fresh', () => {
  it('is given without a request', async () => {
    const { getPrompt } = registry.prompts();
    const first = await getPrompt('acme/support');
    const second = await getPrompt('ACME/support', { label: 'production' });
    expect(first).toMatchObject({ content: 'Hello {{who}}.', number: 1, origin: 'server', isStale: false });
    expect(second).toMatchObject({ content: 'Hello {{who}}.', isStale: false });
    expect(registry.requests.map(({ url }) => url)).toEqual([
      'http://registry.test/v1/prompts/acme/support/resolve?label=production',
    ]);
  });

  it('is given for its own selector only', async () => {
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

  it('is requested once for all callers at the same time', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    await Promise.all(Array.from({ length: 20 }, () => getPrompt('acme/support')));
    expect(registry.requests).toHaveLength(1);
  });

  it('stays fresh for the max-age of an immutable answer', async () => {
    registry.answering = () => ({
      body: aResolved('x'),
      headers: { 'cache-control': 'private, max-age=60, immutable' },
    });
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    await getPrompt('acme/support', { revision: 1 });
    expect(await getPrompt('acme/support', { revision: 1 })).toMatchObject({ isStale: false });
    expect(registry.requests).toHaveLength(1);
  });

  it('is frozen', async () => {
    const prompt = await registry.prompts().getPrompt('acme/support');
    expect(() => Object.assign(prompt.settings, { temperature: 2 })).toThrow(TypeError);
    expect(() => Object.assign(prompt, { content: 'bad' })).toThrow(TypeError);
  });
});

describe('the copies', () => {
  it('are limited to maxEntries, the most recently used', async () => {
    const { getPrompt } = registry.prompts({ maxEntries: 2 });
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await getPrompt(`acme/${name}`);
    const names = registry.requests.map(({ url }) => url.split('/').at(-2));
    expect(names).toEqual(['a', 'b', 'c', 'b']);
  });
});

describe('waiting', () => {
  const never = () => new Promise<never>(() => undefined);

  it('ends when the caller aborts, and the answer is cached for others', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    registry.answering = async (request) => {
      await held;
      return registry.defaultAnswer(request);
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

  it('does not begin if the signal is already aborted', async () => {
    const asking = registry.prompts().getPrompt('acme/support', { signal: AbortSignal.abort() });
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    expect(registry.requests).toHaveLength(0);
  });

  it('ends after the timeout, even if the connection stays open', async () => {
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
    registry.disconnect();
    const letter = await registry.prompts({ fallback }).getPrompt('acme/letter');
    const { text, parts } = await letter.render({ mood: 'kind' });
    expect(text).toBe('Be kind. Be kind. Dear ${who},');
    expect(parts.map(({ name, label }) => [name, label])).toEqual([
      ['tone', 'production'],
      ['tone', 'staging'],
    ]);
  });

  it('fails if the server does not answer for an include', async () => {
    registry.disconnect();
    const { 'acme/letter': letter } = fallback;
    const prompt = await registry.prompts({ fallback: { 'acme/letter': letter } }).getPrompt('acme/letter');
    await expect(prompt.render()).rejects.toMatchObject(unavailable);
  });

  it('reports a missing include as a problem of the template', async () => {
    registry.content = '{{> acme/nowhere}}';
    const prompt = await registry.prompts().getPrompt('acme/support');
    registry.answering = () => ({ status: 404, body: { error: 'NOT_FOUND', message: 'prompt not found' } });
    const problems: unknown = await prompt.render({ who: 1 }).catch((error: unknown) => error);
    expect(problems).toBeInstanceOf(TemplateProblems);
    expect(problems).toMatchObject({ details: { content: 'include not found: acme/nowhere' } });
  });

  it('ends when the caller aborts', async () => {
    registry.content = '{{> acme/slow}}';
    const prompt = await registry.prompts().getPrompt('acme/support');
    registry.answering = () => new Promise<never>(() => undefined);
    const rendering = prompt.render({ who: 1 }, { signal: AbortSignal.timeout(20) });
    await expect(rendering).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a request', () => {
  it.each(['support', 'acme/', '/support', 'acme/support/x', 'acme/support@staging', ''])(
    '%j names no prompt',
    async (name) => {
      await expect(registry.prompts().getPrompt(name)).rejects.toThrow(TypeError);
    },
  );

  it('has at most one selector', async () => {
    await expect(registry.prompts().getPrompt('a/b', { label: 'x', revision: 1 })).rejects.toThrow('At most one');
  });

  it("is sent with the caller's credentials", async () => {
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
