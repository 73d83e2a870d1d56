import { models, provider, type ClientUnderTest } from '../client-under-test.js';

/** The fake model answers with the prompt in capitals. */
export function itTestsWithTheModel(bench: () => ClientUnderTest): void {
  it('fills in the variables, asks the model and returns its answer unchanged', async () => {
    const prompt = 'Dear ${name},\n\t"${topic}" \\ é 😀 {{kept}}';
    const variables = { name: 'Ann', topic: 'a \\ "b" ${name}' };
    const input = { prompt, variables, provider, model: models[0] };
    const filled = 'Dear Ann,\n\t"a \\ "b" ${name}" \\ é 😀 {{kept}}';
    expect(await bench().client.run('test', input)).toBe(filled.toUpperCase());
    const [asked] = bench().model.asked.splice(0);
    expect(asked).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer of the fake model' },
      body: { model: models[0], messages: [{ role: 'user', content: filled }] },
    });
    expect(asked?.body['temperature']).toBeCloseTo(0.1);
  });

  it('reports a missing model', async () => {
    const input = { prompt: 'Hello', variables: {}, provider, model: 'huge' };
    await expect(bench().client.run('test', input)).rejects.toMatchObject({ status: 404 });
    expect(bench().model.asked).toEqual([]);
  });
}
