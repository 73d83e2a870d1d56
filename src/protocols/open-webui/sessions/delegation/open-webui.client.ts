import type { Agent, Dispatcher } from 'undici';
import { z } from 'zod';
import { Text } from '../../../../common/http/scalars.js';
import { OpenWebUiUnavailable } from '../sessions.errors.js';

const answerTimeoutMs = 5_000;
const maxAnswerBytes = 256 * 1024;
const maxConnections = 8;

/** The statuses with which the other server refuses a token. */
const refusalStatuses = [400, 401, 403];

/** The fields that are read from the answer of the other server. */
const SessionUser = z.object({ email: Text.max(254), role: z.string() });

/** Client of another Open WebUI server, which verifies its own tokens. */
export class OpenWebUiClient {
  private agent: Promise<Agent> | undefined;
  private readonly origin: string;
  private readonly path: string;

  constructor(url: string) {
    const { origin, pathname } = new URL(`${url}/api/v1/auths/`);
    this.origin = origin;
    this.path = pathname;
  }

  /**
   * The email address of the token's user; undefined if the token is not valid or the user is pending. @throws
   * OpenWebUiUnavailable
   */
  async emailOf(token: string): Promise<string | undefined> {
    const { statusCode, body } = await this.ask(token);
    if (refusalStatuses.includes(statusCode)) return undefined;
    const user = statusCode === 200 ? SessionUser.safeParse(fromJson(body)).data : undefined;
    if (!user) throw OpenWebUiUnavailable(undefined, { cause: new Error(`Open WebUI answered ${statusCode}`) });
    return user.role === 'pending' ? undefined : user.email;
  }

  async close(): Promise<void> {
    const agent = await this.agent;
    await agent?.destroy();
  }

  private async ask(token: string): Promise<{ statusCode: number; body: string }> {
    const agent = await (this.agent ??= newAgent());
    const { origin, path } = this;
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const request: Dispatcher.RequestOptions = { origin, path, method: 'GET', headers };
    try {
      const answer = await agent.request({ ...request, signal: AbortSignal.timeout(answerTimeoutMs) });
      return { statusCode: answer.statusCode, body: await answer.body.text() };
    } catch (cause) {
      throw OpenWebUiUnavailable(undefined, { cause });
    }
  }
}

/**
 * Few connections; further requests wait for a free one. The library is loaded only where another server is configured.
 */
async function newAgent(): Promise<Agent> {
  const { Agent } = await import('undici');
  return new Agent({ connections: maxConnections, maxResponseSize: maxAnswerBytes });
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
