import { RefusedError } from '../driver.js';
import type { Feature, PublishedClient } from '../published-client.js';
import { models, type PromptView, provider, type Tag, type ClientUnderTest } from '../client-under-test.js';

/** Saving, reading, versions, tags and deletion, as the client's users ask for them. */
export function itSupportsTheLifecycle({ features, names }: PublishedClient, bench: () => ClientUnderTest): void {
  const ifSupported = (feature: Feature) => (features.includes(feature) ? it : undefined);

  it('saves a prompt that is then read and listed', async () => {
    const name = bench().aName();
    await bench().save(name, 'Dear ${name}: ${topic}, ${name}', { description: 'a & b + c, é' });
    const saved = { name, template: 'Dear ${name}: ${topic}, ${name}', description: 'a & b + c, é' };
    const read = await bench().read(name);
    expect(read).toMatchObject({ ...saved, variables: ['name', 'topic'], createdOn: expect.any(Number) });
    expect(read.createdBy).not.toBe('');
    const listed = await bench().client.run<PromptView[]>('list');
    expect(listed.filter((prompt) => prompt.name === name)).toEqual([read]);
    expect(await bench().stored(name)).toMatchObject({ ...saved, version: 1, tags: [], integrations: [] });
  });

  it('overwrites version 1 by default', async () => {
    const name = bench().aName();
    await bench().save(name, 'first');
    await bench().save(name, 'second');
    expect((await bench().read(name)).template).toBe('second');
    expect(await bench().storedVersions(name)).toEqual([1]);
  });

  it.each(names)('supports the name %s', async (word) => {
    const name = bench().aName(word);
    await bench().save(name, 'named');
    expect(await bench().read(name)).toMatchObject({ name, template: 'named' });
    expect((await bench().stored(name)).name).toBe(name);
    await bench().client.run('delete', { name });
    await expect(bench().stored(name)).rejects.toThrow('404');
  });

  it('names the models that a prompt is for', async () => {
    const name = bench().aName();
    await bench().save(name, 'one model', { models: [`${provider}:${models[0]}`] });
    expect((await bench().read(name)).integrations).toEqual([`${provider}:${models[0]}`]);
  });

  ifSupported('several models')?.('names several models', async () => {
    const name = bench().aName();
    const requested = models.map((model) => `${provider}:${model}`);
    await bench().save(name, 'two models', { models: requested });
    expect((await bench().read(name)).integrations).toEqual(requested);
  });

  it('adds, lists and deletes tags', async () => {
    const name = bench().aName();
    const team = { key: 'team', value: 'search: éü' };
    const stage = { key: 'stage', value: 'draft' };
    const tags = async () =>
      (await bench().client.run<Tag[]>('tags', { name })).sort((a, b) => a.key.localeCompare(b.key));
    await bench().save(name, 'tagged');
    await bench().client.run('addTags', { name, tags: [team] });
    await bench().client.run('addTags', { name, tags: [team, stage] });
    expect(await tags()).toEqual([stage, team].map((tag) => ({ ...tag, type: 'METADATA' })));
    expect((await bench().read(name)).tags).toHaveLength(2);
    await bench().client.run('deleteTags', { name, tags: [team, { key: 'stage', value: 'another' }] });
    expect(await tags()).toEqual([{ ...stage, type: 'METADATA' }]);
  });

  it('deletes a prompt', async () => {
    const name = bench().aName();
    await bench().save(name, 'short-lived');
    await bench().client.run('delete', { name });
    await expect(bench().stored(name)).rejects.toThrow('404');
    await expect(bench().client.run('delete', { name })).rejects.toBeInstanceOf(RefusedError);
  });

  ifSupported('versions')?.('counts, chooses, lists and deletes versions', async () => {
    const name = bench().aName();
    await bench().save(name, 'first', { autoIncrement: true });
    await bench().save(name, 'second', { autoIncrement: true });
    await bench().save(name, 'seventh', { version: 7 });
    await bench().save(name, 'second again', { version: 2 });
    await bench().save(name, 'first again');
    const versions = async () => {
      const all = await bench().client.run<PromptView[]>('versions', { name });
      return all.map(({ version, template }) => [version, template]);
    };
    expect(await versions()).toEqual([
      [7, 'seventh'],
      [2, 'second again'],
      [1, 'first again'],
    ]);
    expect(await bench().read(name)).toMatchObject({ version: 7, template: 'seventh' });
    expect(await bench().read(name, 1)).toMatchObject({ version: 1, template: 'first again' });
    await bench().client.run('deleteVersion', { name, version: 7 });
    expect(await bench().read(name)).toMatchObject({ version: 2, template: 'second again' });
    await bench().save(name, 'third', { autoIncrement: true });
    for (const version of [1, 2, 3]) await bench().client.run('deleteVersion', { name, version });
    await expect(bench().stored(name)).rejects.toThrow('404');
  });

  ifSupported('update')?.('updates the latest version, or the one it names', async () => {
    const name = bench().aName();
    await bench().client.run('update', { name, description: 'new', template: 'made by an update' });
    await bench().save(name, 'second', { autoIncrement: true });
    await bench().client.run('update', { name, description: 'changed', template: ' "the latest" \\' });
    await bench().client.run('update', { name, description: 'changed', template: 'the first', version: 1 });
    expect(await bench().stored(name, 2)).toMatchObject({ template: ' "the latest" \\', description: 'changed' });
    expect(await bench().stored(name, 1)).toMatchObject({ template: 'the first', description: 'changed' });
    expect(await bench().storedVersions(name)).toEqual([2, 1]);
  });

  ifSupported('bulk')?.('saves several prompts at once, each template as it is', async () => {
    const items = ['"quoted"', 'line\r\nline \\', '{"a": 1}'].map((template) => ({
      name: bench().aName('bulk'),
      description: 'of many',
      version: 1,
      template,
      integrations: [`${provider}:${models[1]}`],
    }));
    await bench().client.run('bulk', { items });
    for (const item of items) expect(await bench().stored(item.name)).toMatchObject(item);
  });
}
