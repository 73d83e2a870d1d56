import { PromptFailure } from '@promptyard/client/index.js';
import { eventually } from '../../support/api.js';
import { FakeRegistry, unavailable } from './fake-registry.js';

const bundle = { 'acme/support': { content: 'bundled' } };

let registry: FakeRegistry;
beforeEach(() => {
  registry = new FakeRegistry();
});

describe('a copy that is stale', () => {
  it('is given at once, and refreshed in the background', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0 });
    await getPrompt('acme/support');
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    registry.content = 'Good day {{who}}.';
    registry.number = 2;
    registry.answering = async (request) => {
      await held;
      return registry.defaultAnswer(request);
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

  it('is revalidated by its ETag, and fresh again after a 304', async () => {
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0 });
    const { digest } = await getPrompt('acme/support');
    expect(await getPrompt('acme/support')).toMatchObject({ content: 'Hello {{who}}.', isStale: false });
    expect(registry.tags).toEqual([null, `"1-${digest}"`]);
  });

  it('is not given when it is too old: the caller waits for the server', async () => {
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
  ])('is given at any age if %s', async (_what, answer) => {
    const failures: string[] = [];
    const onFailure = ({ code }: PromptFailure, prompt: string) => failures.push(`${code} ${prompt}`);
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, maxStaleMs: 0, onFailure });
    await getPrompt('acme/support');
    registry.answering = answer;
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1, isStale: true, origin: 'server' });
    expect(failures).toEqual(['UNAVAILABLE acme/support']);
    registry.reconnect();
    expect(await getPrompt('acme/support')).toMatchObject({ isStale: false });
  });

  it('sends no request to a server that just failed', async () => {
    const { promise: failed, resolve: onFailure } = Promise.withResolvers<PromptFailure>();
    const { getPrompt } = registry.prompts({ maxAgeMs: 0, retryMs: 60_000, onFailure });
    await getPrompt('acme/support');
    registry.disconnect();
    await getPrompt('acme/support');
    expect(await failed).toMatchObject(unavailable);
    for (let count = 0; count < 5; count += 1) await getPrompt('acme/support');
    expect(registry.requests).toHaveLength(2);
  });

  it('sends no request for as long as Retry-After says', async () => {
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

describe('without an answer and without a copy', () => {
  it('the failure says what is wrong', async () => {
    registry.disconnect();
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

  it('the next caller asks the server again, even during the back-off', async () => {
    const { getPrompt } = registry.prompts({ retryMs: 60_000 });
    registry.disconnect();
    await expect(getPrompt('acme/support')).rejects.toMatchObject(unavailable);
    registry.reconnect();
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1 });
  });

  it('the bundled copy is given', async () => {
    registry.disconnect();
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

  it('a bundled copy is given for no other revision or version than its own', async () => {
    registry.disconnect();
    const fallback = { 'acme/support': { content: 'any' }, 'acme/support@7': { content: 'seven' } };
    const { getPrompt } = registry.prompts({ fallback });
    expect(await getPrompt('acme/support', { revision: 7 })).toMatchObject({ content: 'seven' });
    await expect(getPrompt('acme/support', { revision: 8 })).rejects.toMatchObject(unavailable);
    await expect(getPrompt('acme/support', { version: '^1.0' })).rejects.toMatchObject(unavailable);
  });

  it('a bundled copy is not given if the server has answered about the prompt', async () => {
    registry.answering = () => ({ status: 404, body: { error: 'NOT_FOUND', message: 'prompt not found' } });
    const { getPrompt } = registry.prompts({ fallback: bundle });
    await expect(getPrompt('acme/support')).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});
