import { createHash, randomUUID } from 'node:crypto';
import http, { type IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bytes: Buffer;
  /** From the first byte of the request to the last of the answer. */
  readonly ms: number;
}

export interface Item {
  readonly version: string;
  readonly sha256: string;
  readonly tarball_url: string;
}

interface Request {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  readonly timeoutMs?: number;
  /** The connections to use. The default is a new one, which the server cannot have closed yet. */
  readonly agent?: Connections;
}

/** `false` is a new connection for each request. */
type Connections = http.Agent | false;

/** A request that got no answer. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';

  /** @param localPort our end of its connection; undefined if there never was one */
  constructor(
    readonly localPort: number | undefined,
    cause: unknown,
  ) {
    super(String(cause), { cause });
  }
}

/** A closed socket has no port any more. */
const localPorts = new WeakMap<Socket, number>();

/** Sends one request exactly once. Unlike fetch it never repeats it. @throws Unanswered */
export async function send(
  url: string,
  { method = 'GET', headers = {}, body, timeoutMs = 60_000, agent = false }: Request = {},
): Promise<Reply> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const length = body ? { 'content-length': String(body.length) } : {};
    const request = http.request(url, { method, agent, signal, headers: { ...headers, ...length } });
    request.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => localPorts.set(socket, socket.localPort ?? 0));
    });
    const fail = (cause: unknown) =>
      reject(new Unanswered(request.socket ? localPorts.get(request.socket) : undefined, cause));
    request.on('error', fail);
    request.on('response', (response) => {
      buffer(response).then((bytes) => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, bytes, body: String(bytes), ms: performance.now() - started });
      }, fail);
    });
    request.end(body);
  });
}

/** The fields of a body that the tests use. */
interface Body {
  readonly id?: string;
  readonly token?: string;
  readonly key?: string;
  readonly items?: readonly Item[];
  readonly download_count?: number;
  readonly tarball_url?: string;
  readonly sha256?: string;
  readonly error?: string;
  readonly message?: string;
  readonly details?: { readonly sha256?: string };
  readonly database?: { readonly ok: boolean };
  readonly storage?: { readonly ok: boolean };
}

export function json(reply: Reply): Body {
  return JSON.parse(reply.body) as Body;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A client of the registry with the credentials of one caller. */
export class RegistryClient {
  constructor(
    readonly url: string,
    private readonly key: string,
    private readonly agent: Connections = false,
  ) {}

  /** The same caller over other connections. */
  over(agent: Connections): RegistryClient {
    return new RegistryClient(this.url, this.key, agent);
  }

  async createPrompt(name: string): Promise<string> {
    const body = Buffer.from(JSON.stringify({ name, description: `What ${name} is for.` }));
    const headers = { ...this.credentials(), 'content-type': 'application/json' };
    const reply = await this.send('/v1/prompts', { method: 'POST', headers, body });
    if (reply.status !== 201) throw new Error(`no prompt: ${reply.status} ${reply.body}`);
    return json(reply).id ?? '';
  }

  upload(promptId: string, version: string, archive: Buffer): Promise<Reply> {
    const { body, contentType } = uploadForm(version, archive);
    const headers = { ...this.credentials(), 'content-type': contentType };
    return this.send(`/v1/prompts/${promptId}/versions`, { method: 'POST', headers, body });
  }

  list(name: string): Promise<Reply> {
    return this.send(`/v1/prompts/admin/${name}/versions`);
  }

  async items(name: string): Promise<readonly Item[]> {
    const reply = await this.list(name);
    if (reply.status !== 200) throw new Error(`no list: ${reply.status} ${reply.body}`);
    return json(reply).items ?? [];
  }

  read(name: string): Promise<Reply> {
    return this.send(`/v1/prompts/admin/${name}`);
  }

  async downloadCount(name: string): Promise<number> {
    return json(await this.read(name)).download_count ?? NaN;
  }

  download(name: string, version: string): Promise<Reply> {
    return this.send(`/v1/prompts/admin/${name}/versions/${version}/download`);
  }

  /** The bytes that a download leads to. */
  async fetchArchive(name: string, version: string): Promise<Buffer> {
    const { status, headers } = await this.download(name, version);
    if (status !== 302 || !headers.location) throw new Error(`no redirect: ${status}`);
    const object = await send(headers.location);
    if (object.status !== 200) throw new Error(`no object: ${object.status}`);
    return object.bytes;
  }

  ready(): Promise<Reply> {
    return this.send(`/health/ready`);
  }

  credentials(): { authorization: string } {
    return { authorization: `Bearer ${this.key}` };
  }

  private send(path: string, request: Request = {}): Promise<Reply> {
    return send(this.url + path, { agent: this.agent, ...request });
  }
}

export function uploadForm(version: string, archive: Buffer): { body: Buffer; contentType: string } {
  const boundary = `boundary-${randomUUID()}`;
  const head = [
    `--${boundary}\r\ncontent-disposition: form-data; name="version"\r\n\r\n${version}\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="tarball"; filename="package.tar.gz"\r\n`,
    'content-type: application/gzip\r\n\r\n',
  ].join('');
  const body = Buffer.concat([Buffer.from(head), archive, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { body, contentType: `multipart/form-data; boundary=${boundary}` };
}
