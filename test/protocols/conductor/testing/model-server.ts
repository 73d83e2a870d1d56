import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request to the model. */
export interface Asked {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

type Reply = (response: ServerResponse, asked: Asked) => void;

/** A local model server with the protocols of OpenAI and Anthropic. */
export class ModelServer {
  readonly asked: Asked[] = [];
  /** How it answers; well, unless a test says otherwise. */
  reply: Reply = answer;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly port: number,
  ) {}

  static async start(host = '127.0.0.1', port = 0): Promise<ModelServer> {
    const server = createServer();
    server.listen(port, host);
    await once(server, 'listening');
    const models = new ModelServer(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => {
      void json(request).then((body) => {
        const asked = { path: request.url, headers: request.headers, body: body as Asked['body'] };
        models.asked.push(asked);
        models.reply(response, asked);
      });
    });
    return models;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  reset(): void {
    this.asked.length = 0;
    this.reply = answer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Answers with the prompt in capitals. */
export function answer(response: ServerResponse, { path, body }: Asked): void {
  const text = textOf(body).toUpperCase();
  send(response, 200, path === '/v1/messages' ? message(text, body) : completion(text, body));
}

export function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** The text of the last message, which both protocols allow to be a list of parts. */
export function textOf({ messages }: Asked['body']): string {
  const { content } = (messages as { content: string | { text: string }[] }[]).at(-1) ?? { content: '' };
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function completion(content: string, { model }: Asked['body']) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function message(text: string, { model }: Asked['body']) {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}
