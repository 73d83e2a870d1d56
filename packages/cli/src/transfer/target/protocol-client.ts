import { z } from 'zod';
import { ApiError } from '../../api/api-error.js';
import { ApiClient, type RequestOptions } from '../../api/api-client.js';
import { path } from '../../api/path.js';
import { ExitCode, CliError } from '../../cli-error.js';

const NewKey = z.looseObject({ id: z.string(), key: z.string() });
const hour = 3_600_000;

/**
 * A client of the server's other two protocols. They act in the owner that a key is bound to, so the first use creates
 * such a key. It is revoked at the end, and expires if the run is killed.
 */
export class ProtocolClient {
  private boundKey: Promise<{ readonly id: string; readonly api: ApiClient; readonly key: string }> | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly owner: string,
  ) {}

  /** Sends a request of Open WebUI's protocol. */
  async openWebUi<Shape extends z.ZodType>(
    shape: Shape,
    method: string,
    pathname: string,
    options?: RequestOptions,
  ): Promise<z.output<Shape>> {
    const { api } = await this.getKey();
    try {
      return await api.send(shape, method, pathname, options);
    } catch (error) {
      throw isForbiddenError(error) ? forbiddenError(this.owner, error) : error;
    }
  }

  /** Sends a request of Conductor's protocol; an answer without a body is undefined. */
  async conductor<Shape extends z.ZodType>(
    shape: Shape,
    method: string,
    pathname: string,
    options: RequestOptions = {},
  ): Promise<z.output<Shape>> {
    const { api, key } = await this.getKey();
    const headers = { ...options.headers, 'x-authorization': key };
    return await api.parseResponse(shape, await api.fetchResponse(method, pathname, { ...options, headers }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = await this.boundKey?.catch(() => undefined);
    // A failed revocation is ignored, because the key expires.
    if (made) await this.api.execute('DELETE', path`/v1/api-keys/${made.id}`).catch(() => undefined);
  }

  private getKey() {
    return (this.boundKey ??= this.createKey());
  }

  private async createKey() {
    const body = { name: 'promptyard import', owner: this.owner, scopes: ['prompts:read', 'prompts:write'] };
    const expires_at = new Date(Date.now() + 12 * hour).toISOString();
    const send = (input: object) => this.api.send(NewKey, 'POST', path`/v1/api-keys`, { body: input });
    // The caller's key may expire sooner; without an expiry time the new key expires together with it.
    const { id, key } = await send({ ...body, expires_at }).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 422) return send(body);
      throw error;
    });
    return { id, key, api: new ApiClient({ url: this.api.server.url, token: key }) };
  }
}

/** The key is valid, so 401 is Open WebUI's answer for a prompt that the caller may not change. */
function isForbiddenError(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 401;
}

function forbiddenError(owner: string, cause: ApiError): CliError {
  return new CliError(`you may not change it in ${owner}`, {
    code: 'FORBIDDEN',
    exitCode: ExitCode.notAllowed,
    cause,
  });
}
