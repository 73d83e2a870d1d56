import { callApi } from './api.js';
import type { Peer } from './options.js';

export interface OpenWebuiData {
  readonly token: string;
  /** Distinguishes the commands of this run from those that an earlier one has left. */
  readonly run: string;
  /** With a history of four entries each. */
  readonly prompts: readonly { readonly id: string; readonly command: string }[];
}

const promptCount = 100;
const changeCount = 3;

export async function prepareOpenWebui(side: Peer): Promise<OpenWebuiData> {
  const run = Date.now().toString(36);
  const prompts: { id: string; command: string }[] = [];
  for (let i = 0; i < promptCount; i += 1) {
    const command = `bench-${run}-${i}`;
    const form = { command, name: command, content: 'Answer {{customer}}.' };
    const { id = '' } = await callApi(side, 'POST', '/api/v1/prompts/create', form);
    for (let change = 1; change <= changeCount; change += 1) {
      const content = `${form.content} ${change} times.`;
      await callApi(side, 'POST', `/api/v1/prompts/id/${id}/update`, { ...form, content });
    }
    prompts.push({ id, command });
  }
  return { token: side.token, run, prompts };
}
