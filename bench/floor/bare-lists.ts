import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Pool } from 'pg';

/** A statement as the product puts it together. */
export interface ListStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs a statement, prepared as the product prepares it. */
export async function rowsOf<Row extends object>(pool: Pool, { text, values }: ListStatement): Promise<Row[]> {
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
  return (await pool.query<Row>({ name, text, values: [...values] })).rows;
}

/** Sends pages as a JSON array while the next ones are read. */
export function sendPages(reply: FastifyReply, pages: AsyncIterable<readonly object[]>): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(Readable.from(arrayOf(pages), { objectMode: false }));
}

async function* arrayOf(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  let separator = '[';
  for await (const page of pages) {
    yield separator + JSON.stringify(page).slice(1, -1);
    separator = ',';
  }
  yield ']';
}
