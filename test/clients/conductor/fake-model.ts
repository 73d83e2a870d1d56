import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What a model's endpoint was asked. */
export interface ModelCall {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly temperature?: number;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
  };
}

export interface FakeModel {
  readonly endpoint: string;
  readonly calls: ModelCall[];
  stop(): Promise<void>;
}

/** An OpenAI-compatible endpoint on this machine that says back what it was asked, in capitals. */
export async function fakeModel(): Promise<FakeModel> {
  const calls: ModelCall[] = [];
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(completion(call)));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { endpoint: `http://127.0.0.1:${port}/v1`, calls, stop };
}

async function readCall(request: IncomingMessage): Promise<ModelCall> {
  const body = (await json(request)) as ModelCall['body'];
  return { path: request.url, authorization: request.headers.authorization, body };
}

function completion({ body: { model, messages } }: ModelCall) {
  const content = textOf(messages.at(-1)?.content).toUpperCase();
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

// A client library may send a message as text or as a list of parts.
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as { text?: string }[]).map(({ text = '' }) => text).join('');
}
