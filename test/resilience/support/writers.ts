import { setTimeout as delay } from 'node:timers/promises';
import type { DedicatedPostgres } from './dedicated-postgres.js';
import { type RegistryClient, send } from './registry-client.js';

const pauseMs = 5;
const prompts = 4;

/** Clients that write revisions, several of them to one prompt, and record the acknowledged ones. */
export class Writers {
  readonly acknowledged = new Set<string>();
  /** Error answers as `status body`, with the number of each. */
  readonly refusals = new Map<string, number>();
  /** Requests that ended without an answer. */
  readonly unanswered: string[] = [];
  private readonly loops: Promise<void>[] = [];
  private isOver = false;

  private constructor(private readonly client: RegistryClient) {}

  static async start(client: RegistryClient, count: number): Promise<Writers> {
    const writers = new Writers(client);
    for (let index = 0; index < prompts; index += 1) await client.createPrompt(`written-${index}`);
    for (let index = 0; index < count; index += 1) writers.loops.push(writers.repeat(index));
    return writers;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.loops);
  }

  /** Acknowledged writes that are missing or duplicated. */
  async problems({ pool }: DedicatedPostgres): Promise<string[]> {
    const { rows } = await pool.query<{ content: string; times: number }>(
      'select content, count(*)::int as times from revision group by content',
    );
    const written = new Map(rows.map(({ content, times }) => [content, times]));
    const lost = [...this.acknowledged].filter((content) => !written.has(content));
    const twice = [...written].filter(([, times]) => times > 1);
    return [...lost.map((content) => `lost: ${content}`), ...twice.map(([content]) => `written twice: ${content}`)];
  }

  private async repeat(writer: number): Promise<void> {
    const url = `${this.client.url}/v1/prompts/admin/written-${writer % prompts}/revisions`;
    const headers = { ...this.client.credentials(), 'content-type': 'application/json' };
    for (let count = 1; !this.isOver; count += 1) {
      const content = `Write ${count} of writer ${writer}`;
      const body = Buffer.from(JSON.stringify({ content }));
      await send(url, { method: 'POST', headers, body }).then(
        (reply) => {
          if (reply.status === 201) this.acknowledged.add(content);
          else this.refuse(`${reply.status} ${reply.body}`);
        },
        (error: unknown) => this.unanswered.push(String(error)),
      );
      await delay(pauseMs);
    }
  }

  private refuse(refusal: string): void {
    this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
  }
}
