import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
}

/** An Open WebUI server that answers only which user a token belongs to. */
export interface FakeOpenWebUi {
  readonly url: string;
  /** Every request so far. */
  readonly asked: Asked[];
  /** How the next requests are answered. */
  answer: (response: ServerResponse) => void;
  stop(): Promise<void>;
}

/** Answers this user for every token. */
export const knows = (email: string, role = 'user') => json(200, { id: 'theirs', email, name: 'Theirs', role });

export const json = (status: number, body: unknown) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export async function startFakeOpenWebUi(): Promise<FakeOpenWebUi> {
  const server = createServer(({ url, headers }, response) => {
    fake.asked.push({ path: url, authorization: headers.authorization });
    fake.answer(response);
  });
  const fake: FakeOpenWebUi = {
    url: '',
    asked: [],
    answer: json(401, { detail: '401 Unauthorized' }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, { url: `http://127.0.0.1:${port}` });
}
