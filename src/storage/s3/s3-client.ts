import http from 'node:http';
import https from 'node:https';
import { Client } from 'minio';
import { LimitedTransport, type TransportLimits } from './limited-transport.js';

export interface S3Access {
  /** Address of the server, without a path. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly forcePathStyle: boolean;
}

const MAX_CONNECTIONS = 64;
/** Shorter than servers keep idle connections, so that a request rarely meets one that is being closed. */
const IDLE_CONNECTION_MS = 4_000;

/** Makes clients for single calls: they share connections; each has the time limits and the signal of its call. */
export class S3Clients {
  private readonly address: { endPoint: string; port?: number; useSSL: boolean };
  private readonly agent: http.Agent;

  constructor(
    private readonly access: S3Access,
    private readonly limits: TransportLimits,
  ) {
    this.address = addressOf(access.endpoint);
    const pool = { keepAlive: true, maxSockets: MAX_CONNECTIONS, timeout: IDLE_CONNECTION_MS };
    this.agent = this.address.useSSL ? new https.Agent(pool) : new http.Agent(pool);
  }

  forCall(signal?: AbortSignal): { client: Client; transport: LimitedTransport } {
    const transport = new LimitedTransport(this.address.useSSL, this.limits, signal);
    const { region, accessKey, secretKey, forcePathStyle: pathStyle } = this.access;
    const client = new Client({
      ...this.address,
      region,
      accessKey,
      secretKey,
      pathStyle,
      transport,
      transportAgent: this.agent,
      // A second attempt is the caller's to decide on: the client would make it without regard for time limits.
      retryOptions: { disableRetry: true },
    });
    return { client, transport };
  }
}

function addressOf(endpoint: string): { endPoint: string; port?: number; useSSL: boolean } {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  if (pathname !== '/') throw new Error(`the address of an object store has no path: ${endpoint}`);
  return {
    endPoint: hostname.replaceAll(/^\[|\]$/g, ''),
    ...(port ? { port: Number(port) } : {}),
    useSSL: protocol === 'https:',
  };
}
