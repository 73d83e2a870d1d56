import { numberedBody } from '../load/load.js';
import type { PeerProtocol } from './peer-scenario.js';
import { type OpenWebuiData, prepareOpenWebui } from './open-webui-data.js';

const common = { connections: 16, status: 200 } as const;
const headersOf = ({ token }: OpenWebuiData) => ({ authorization: `Bearer ${token}` });
const jsonHeadersOf = (data: OpenWebuiData) => ({ ...headersOf(data), 'content-type': 'application/json' });
const text = 'Answer {{customer}} in a {{tone}} tone. '.repeat(20);

/** Prompts are created last, because they make the lists longer. */
export const openWebui: PeerProtocol<OpenWebuiData> = {
  title: 'Open WebUI',
  prepare: prepareOpenWebui,
  scenarios: [
    {
      ...common,
      name: 'open-webui-list',
      title: 'Open WebUI: list prompts, a page',
      goal: 20,
      load: (data) => ({ method: 'GET', requests: [{ path: '/api/v1/prompts/list' }], headers: headersOf(data) }),
    },
    {
      ...common,
      name: 'open-webui-get',
      title: 'Open WebUI: read a prompt',
      goal: 20,
      load: (data) => {
        const requests = data.prompts.map(({ id }) => ({ path: `/api/v1/prompts/id/${id}` }));
        return { method: 'GET', requests, headers: headersOf(data) };
      },
    },
    {
      ...common,
      name: 'open-webui-history',
      title: 'Open WebUI: read a history',
      goal: 20,
      load: (data) => {
        const requests = data.prompts.map(({ id }) => ({ path: `/api/v1/prompts/id/${id}/history?page=0` }));
        return { method: 'GET', requests, headers: headersOf(data) };
      },
    },
    {
      ...common,
      name: 'open-webui-update',
      title: 'Open WebUI: change a prompt',
      goal: 7,
      load: (data, numbers) => {
        const requests = data.prompts.map(({ id, command }) => {
          return { path: `/api/v1/prompts/id/${id}/update`, prefix: `{"command":"${command}","name":"${command}",` };
        });
        const body = numberedBody(`"content":"${text}`, ' times."}', numbers);
        return { method: 'POST', requests, headers: jsonHeadersOf(data), body };
      },
    },
    {
      ...common,
      name: 'open-webui-create',
      title: 'Open WebUI: create a prompt',
      goal: 7,
      load: (data, numbers) => {
        const requests = [{ path: '/api/v1/prompts/create' }];
        const body = numberedBody(
          `{"name":"Created","content":"${text}","command":"created-${data.run}-`,
          '"}',
          numbers,
        );
        return { method: 'POST', requests, headers: jsonHeadersOf(data), body };
      },
    },
  ],
};
