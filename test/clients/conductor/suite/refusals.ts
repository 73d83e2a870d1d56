import type { Feature, PublishedClient } from '../published-client.js';
import { tooLarge } from './texts.js';
import type { ClientUnderTest } from '../client-under-test.js';

/** Errors of the server as the client reports them: the status, and a message for people. */
export function itReportsRefusals({ features, missingIsNull }: PublishedClient, bench: () => ClientUnderTest): void {
  const saved = (input: object) => ({ name: bench().aName(), template: 'refused', description: 'of a test', ...input });
  const refusal = (status: number) => ({ status, message: expect.stringMatching(/\p{L}/u) });

  it('a missing prompt: 404', async () => {
    const name = bench().aName();
    const missing = bench().read(name);
    if (missingIsNull) expect(await missing).toBeNull();
    else await expect(missing).rejects.toMatchObject(refusal(404));
    await expect(bench().client.run('delete', { name })).rejects.toMatchObject(refusal(404));
    await expect(bench().client.run('tags', { name })).rejects.toMatchObject(refusal(404));
  });

  const attempts: readonly [string, number, Feature | undefined, object][] = [
    ['a model that is not there', 404, undefined, { models: ['nobody:nothing'] }],
    ['a name that is a path of the protocol', 400, undefined, { name: 'command' }],
    ['a text of more than 1 MiB', 413, undefined, { template: tooLarge }],
    ['an empty template', 400, 'empty template', { template: '' }],
    ['a version that is none', 400, 'versions', { version: -1 }],
    ['no description', 400, 'no description', { description: undefined }],
  ];
  const offered = attempts.filter(([, , feature]) => feature === undefined || features.includes(feature));
  it.each(offered)('%s: %i', async (_what, status, _offer, input) => {
    const attempt = saved(input);
    await expect(bench().client.run('save', attempt)).rejects.toMatchObject(refusal(status));
    await expect(bench().stored(attempt.name)).rejects.toThrow(/^40[04]/);
  });
}
