import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '@promptyard/embedded-postgres/embedded-postgres.js';

/**
 * A replacement of the server for tests that kill it: starts PostgreSQL with the options in its first argument, reports
 * events as lines of JSON, and stops on SIGTERM or SIGINT like the server.
 */
function tell(event: string, details: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}

async function main(options: Pick<EmbeddedPostgresOptions, 'dataDir' | 'systemFolder'>): Promise<void> {
  const started = performance.now();
  // In place of the socket that the server listens on.
  const alive = setInterval(() => undefined, 60_000);
  const postgres = await startEmbeddedPostgres({
    ...options,
    onNotice: (message) => tell('notice', { message }),
    onLost: (reason) => tell('lost', { name: reason.name, message: reason.message }),
  });
  const stop = async () => {
    // Long enough for a PostgreSQL that heard the same signal to be gone.
    await delay(300);
    const client = new Client(postgres.url);
    await client.connect();
    const { rows } = await client.query('select 1 as answer');
    await client.end();
    await postgres.stop();
    tell('stopped', rows[0]);
    clearInterval(alive);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  tell('ready', { url: postgres.url, location: postgres.location, ms: Math.round(performance.now() - started) });
}

try {
  await main(JSON.parse(process.argv[2] ?? '{}'));
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  tell('failed', { name, message });
  process.exit(1);
}
