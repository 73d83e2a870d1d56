import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How archives are changed: not at all, cut off in the middle, or held there for ever. */
export type Tampering = 'none' | 'cut' | 'hold';

/** A proxy before a real server with disk storage, whose redirects lead to the proxy too. It changes archives only. */
export class TamperingProxy {
  tampering: Tampering = 'none';
  /** The requested paths. */
  readonly asked: string[] = [];
  private heldArchive: (() => void) | undefined;
  private readonly server: Server;

  private constructor(private readonly target: string) {
    this.server = createServer((incoming, answer) => this.forward(incoming, answer));
  }

  static async before(target: string): Promise<TamperingProxy> {
    const proxy = new TamperingProxy(target);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when the next archive is held. */
  held(): Promise<void> {
    return new Promise((resolve) => (this.heldArchive = resolve));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private forward(incoming: IncomingMessage, answer: ServerResponse): void {
    this.asked.push(incoming.url ?? '');
    const { method, headers } = incoming;
    const onward = request(this.target + (incoming.url ?? ''), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      if (response.headers['content-type'] !== 'application/gzip' || this.tampering === 'none') response.pipe(answer);
      else this.tamper(response, answer);
    });
    incoming.pipe(onward);
  }

  private tamper(response: IncomingMessage, answer: ServerResponse): void {
    response.once('data', (chunk: Buffer) => {
      response.destroy();
      answer.write(chunk.subarray(0, chunk.length >> 1), () => {
        if (this.tampering === 'cut') answer.socket?.end();
        else this.heldArchive?.();
      });
    });
  }
}
