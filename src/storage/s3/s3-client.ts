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

const maxConnections = 64;
/** Shorter than servers keep idle connections, so that a request rarely meets one that is being closed. */
const idleTimeoutMs = 4_000;

/** Creates clients for single calls. They share connections; each has the timeouts and the signal of its call. */
export class S3Clients {
  private readonly address: { endPoint: string; port?: number; useSSL: boolean };
  private readonly agent: http.Agent;

  constructor(
    private readonly access: S3Access,
    private readonly limits: TransportLimits,
  ) {
    this.address = addressOf(access.endpoint);
    const pool = { keepAlive: true, maxSockets: maxConnections, timeout: idleTimeoutMs };
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
      // The caller decides about retries, because the client would ignore timeouts.
      retryOptions: { disableRetry: true },
    });
    // The client signs the digest of a body only without TLS. The store compares every signed digest with the bytes.
    client.enableSHA256 = true;
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
