import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A proxy between a server and its peer, so that a test can interrupt the connection. `cut` closes all connections and
 * refuses new ones. `freeze` keeps connections open and forwards nothing. `mend` ends both and forwards waiting bytes.
 */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer({ pauseOnConnect: true }, (client) => this.accept(client));
  private state: 'whole' | 'cut' | 'frozen' = 'whole';

  private constructor(private readonly target: URL) {}

  /** @param target any URL with a host and a port */
  static async to(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The target's URL with the proxy in its place. */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return Object.assign(new URL(this.target), { host: `127.0.0.1:${port}` }).href;
  }

  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  freeze(): void {
    this.state = 'frozen';
    for (const socket of this.sockets) socket.pause();
  }

  restore(): void {
    this.state = 'whole';
    for (const socket of this.sockets) socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect({ host: this.target.hostname, port: Number(this.target.port) });
    this.forward(client, upstream);
    this.forward(upstream, client);
  }

  /** Paused sockets keep the bytes that they have read, and report the end of the other side only after they resume. */
  private forward(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.end();
    });
    if (this.state === 'whole') from.resume();
    else from.pause();
  }
}
