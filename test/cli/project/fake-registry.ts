import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry with one prompt, acme/greeting at 1.0.0, that serves the given bytes from another origin. */
export class FakeRegistry {
  /** Headers of the requests that the store got. */
  readonly stored: IncomingHttpHeaders[] = [];
  /** The digest and the size that it announces. A test can change them to wrong values. */
  promised: { sha256: string; size: number };
  private readonly servers: Server[] = [];
  url = '';

  private constructor(private readonly archive: Buffer) {
    this.promised = { sha256: createHash('sha256').update(archive).digest('hex'), size: archive.length };
  }

  static async serving(archive: Buffer): Promise<FakeRegistry> {
    const fake = new FakeRegistry(archive);
    const store = await fake.listen((incoming, answer) => {
      fake.stored.push(incoming.headers);
      answer.writeHead(200, { 'content-type': 'application/gzip' }).end(archive);
    });
    fake.url = await fake.listen((incoming, answer) => {
      const path = (incoming.url ?? '').replace(/\?.*/, '');
      if (path.endsWith('/download')) answer.writeHead(302, { location: `${store}/the-object` }).end();
      else answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(fake.answerTo(path)));
    });
    return fake;
  }

  close(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  private answerTo(path: string): unknown {
    const created = { created_at: '2026-01-01T00:00:00Z' };
    const version = { id: '1', version: '1.0.0', revision: 1, ...created, ...this.promised };
    if (path.endsWith('/versions')) return { items: [version] };
    if (!path.endsWith('/resolve')) return version;
    const digest = `sha256:${'0'.repeat(64)}`;
    const text = { content: '', syntax: 'braces', variables: [] };
    return { owner: 'acme', name: 'greeting', number: 1, digest, ...text, ...created, resolved_by: {} };
  }

  private async listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    this.servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}
