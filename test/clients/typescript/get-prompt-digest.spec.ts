import type { PromptFailure } from '@promptyard/client/index.js';
import { aResolved, FakeRegistry } from './fake-registry.js';

const other = `sha256:${'0'.repeat(64)}`;
const bundle = { 'acme/support': { content: 'bundled' } };

/** The example of docs/build/digest.md. */
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

let registry: FakeRegistry;
beforeEach(() => {
  registry = new FakeRegistry();
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

  it('is computed and compared with `verify`', async () => {
    const { promise: failed, resolve: onFailure } = Promise.withResolvers<PromptFailure>();
    const { getPrompt } = registry.prompts({ verify: true, maxAgeMs: 0, fallback: bundle, onFailure });
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1 });
    registry.answering = tampered;
    expect(await getPrompt('acme/support')).toMatchObject({ number: 1, isStale: true });
    expect(await failed).toMatchObject({ code: 'DIGEST_MISMATCH' });
    await expect(getPrompt('acme/support')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('of a bundled copy is compared, too', async () => {
    registry.disconnect();
    const fallback = { 'acme/support': { ...aResolved('Hello {{who}}.'), content: 'changed' } };
    expect(await registry.prompts({ fallback }).getPrompt('acme/support')).toMatchObject({ content: 'changed' });
    const failing = registry.prompts({ fallback, verify: true }).getPrompt('acme/support');
    await expect(failing).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it("that is expected is compared with the computed one, not with the server's", async () => {
    const { digest } = aResolved('Hello {{who}}.');
    registry.answering = tampered;
    const asking = registry.prompts().getPrompt('acme/support', { expect: digest });
    await expect(asking).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', message: expect.stringContaining(digest) });
  });

  it('that is expected is requested again if a fresh copy has another', async () => {
    const { getPrompt } = registry.prompts();
    await getPrompt('acme/support');
    registry.content = 'new';
    registry.number = 2;
    const { digest } = aResolved('new', 2);
    expect(await getPrompt('acme/support', { expect: digest })).toMatchObject({ content: 'new', isStale: false });
  });

  it.each([
    ['the server has another', () => undefined],
    ['the server is away, and a copy is another', () => registry.disconnect()],
  ])('that is expected is the only one that is given: %s', async (_what, change) => {
    const { getPrompt } = registry.prompts({ fallback: bundle });
    await getPrompt('acme/support');
    change();
    const asking = getPrompt('acme/support', { expect: other });
    await expect(asking).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('that is expected is also required of a bundled copy', async () => {
    registry.disconnect();
    const { digest, ...copy } = aResolved('bundled');
    const { getPrompt } = registry.prompts({ fallback: { 'acme/support': copy } });
    expect(await getPrompt('acme/support', { expect: digest })).toMatchObject({ origin: 'bundle' });
    await expect(getPrompt('acme/support', { expect: other })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });
});
