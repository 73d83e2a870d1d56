import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Inspection } from '../scenario.js';

const lists = [
  { what: 'Conductor: first byte of 10 000 templates', path: '/api/prompts', header: 'x-authorization' },
  { what: 'Open WebUI: first byte of 10 000 prompts', path: '/api/v1/prompts/', header: 'x-api-key' },
];

/** How long a client waits for the first byte of the lists that are not paged, on a server that does nothing else. */
export const firstByte: Inspection = {
  name: 'first-byte',
  title: 'First byte of long lists',

  async inspect({ product: { url }, fixtures: { manyTemplatesKey }, rounds, signal }) {
    const figures = [];
    for (const { what, path, header } of lists) {
      const request = () => firstByteMs(`${url}${path}`, { [header]: manyTemplatesKey });
      await request();
      const values: number[] = [];
      for (let i = 0; i < rounds * 5; i += 1) {
        values.push(await request());
        signal.throwIfAborted();
      }
      figures.push({ what, unit: 'ms' as const, values, limit: 100 });
    }
    return figures;
  },
};

async function firstByteMs(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const began = performance.now();
  const request = get(url, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}`);
  await once(response, 'data');
  const ms = performance.now() - began;
  response.resume();
  await once(response, 'end');
  return ms;
}
