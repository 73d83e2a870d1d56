import type { Agent, Dispatcher } from 'undici';
import { z } from 'zod';
import { Text } from '../../../../common/http/scalars.js';
import { OpenWebUiUnavailable } from '../sessions.errors.js';

const longestAnswerMs = 5_000;
const largestAnswerBytes = 256 * 1024;
const mostConnections = 8;

/** What another server says to a token that is no good there. */
const refusals = [400, 401, 403];

/** What is read of the other server's answer. */
const SessionUser = z.object({ email: Text.max(254), role: z.string() });

/** Another server of Open WebUI, which knows tokens of its own. */
export class OpenWebUiServer {
  private agent: Promise<Agent> | undefined;
  private readonly origin: string;
  private readonly path: string;

  constructor(url: string) {
    const { origin, pathname } = new URL(`${url}/api/v1/auths/`);
    this.origin = origin;
    this.path = pathname;
  }

  /** The email address of the user of a token; undefined if it is no good or its user not let in. @throws OpenWebUiUnavailable */
  async emailOf(token: string): Promise<string | undefined> {
    const { statusCode, body } = await this.ask(token);
    if (refusals.includes(statusCode)) return undefined;
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
      const answer = await agent.request({ ...request, signal: AbortSignal.timeout(longestAnswerMs) });
      return { statusCode: answer.statusCode, body: await answer.body.text() };
    } catch (cause) {
      throw OpenWebUiUnavailable(undefined, { cause });
    }
  }
}

/** Few connections, over which the others wait for their turn; the library is loaded by who has another server only. */
async function newAgent(): Promise<Agent> {
  const { Agent } = await import('undici');
  return new Agent({ connections: mostConnections, maxResponseSize: largestAnswerBytes });
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
