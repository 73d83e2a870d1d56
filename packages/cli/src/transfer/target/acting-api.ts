import { z } from 'zod';
import { ApiFailure } from '../../api/api-failure.js';
import { Api, type RequestOptions } from '../../api/api.js';
import { path } from '../../api/path.js';
import { ExitCode, ToolFailure } from '../../failure.js';

const NewKey = z.looseObject({ id: z.string(), key: z.string() });
const hour = 3_600_000;

/**
 * The other two protocols of the server. They act in the owner that a key is bound to, so the first use makes such a key;
 * it is revoked at the end, and expires by itself after a run that was killed.
 */
export class ActingApi {
  private made: Promise<{ readonly id: string; readonly api: Api; readonly key: string }> | undefined;

  constructor(
    private readonly api: Api,
    private readonly owner: string,
  ) {}

  /** Asks as Open WebUI's clients do. */
  async openWebUi<Shape extends z.ZodType>(
    shape: Shape,
    method: string,
    pathname: string,
    options?: RequestOptions,
  ): Promise<z.output<Shape>> {
    const { api } = await this.acting();
    try {
      return await api.send(shape, method, pathname, options);
    } catch (error) {
      throw isForbidden(error) ? notAllowed(this.owner, error) : error;
    }
  }

  /** Asks as Conductor's clients do; an answer without a body is undefined. */
  async conductor<Shape extends z.ZodType>(
    shape: Shape,
    method: string,
    pathname: string,
    options: RequestOptions = {},
  ): Promise<z.output<Shape>> {
    const { api, key } = await this.acting();
    const headers = { ...options.headers, 'x-authorization': key };
    return await api.read(shape, await api.open(method, pathname, { ...options, headers }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = await this.made?.catch(() => undefined);
    // A key that cannot be revoked is not worth failing for: it expires.
    if (made) await this.api.do('DELETE', path`/v1/api-keys/${made.id}`).catch(() => undefined);
  }

  private acting() {
    return (this.made ??= this.make());
  }

  private async make() {
    const body = { name: 'promptyard import', owner: this.owner, scopes: ['prompts:read', 'prompts:write'] };
    const expires_at = new Date(Date.now() + 12 * hour).toISOString();
    const send = (wish: object) => this.api.send(NewKey, 'POST', path`/v1/api-keys`, { body: wish });
    // The key that is used may end sooner: then this one does so by itself, if no other time is asked for.
    const { id, key } = await send({ ...body, expires_at }).catch((error: unknown) => {
      if (error instanceof ApiFailure && error.status === 422) return send(body);
      throw error;
    });
    return { id, key, api: new Api({ url: this.api.server.url, token: key }) };
  }
}

/** The key is good, it was made a moment ago: with 401 Open WebUI says that this prompt is not to be changed. */
function isForbidden(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && error.status === 401;
}

function notAllowed(owner: string, cause: ApiFailure): ToolFailure {
  return new ToolFailure(`you may not change it in ${owner}`, {
    code: 'FORBIDDEN',
    exitCode: ExitCode.notAllowed,
    cause,
  });
}
