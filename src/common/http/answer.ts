import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { addVary } from './vary.js';
import { isHeldAlready, tagOf } from './conditional-get.js';

export interface AnswerOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** What a service returns where the answer is more than its body: headers, another status, no body at all. */
export class Answer<Body = undefined> {
  constructor(
    readonly body: Body,
    readonly options: AnswerOptions = {},
  ) {}
}

/** An answer that may be sent again and again: its body is written out and tagged now, and not for each request. */
export function writtenOut(body: object, { headers, ...options }: AnswerOptions = {}): Answer<string> {
  const text = JSON.stringify(body);
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return new Answer(text, { ...options, headers: { ...type, etag: tagOf(text), ...headers } });
}

/** Sends an `Answer` as what it stands for. */
export function sendAnswers(instance: FastifyInstance): void {
  instance.addHook('preSerialization', (request, reply, payload: unknown, done) => {
    if (!(payload instanceof Answer)) return done(null, payload);
    const { status, headers = {} } = payload.options;
    const { vary, ...others } = headers;
    if (status !== undefined) reply.status(status);
    reply.headers(others);
    if (vary !== undefined) addVary(reply, [vary].flat());
    if (status === undefined && isHeldAlready(request, headers['etag']?.toString())) {
      // Before anything is written out: most of those who ask again have it.
      reply.status(304).serializer(() => '');
      return done(null, '');
    }
    if (payload.body === undefined) reply.removeHeader('content-type').serializer(() => '');
    if (typeof payload.body === 'string') reply.serializer(String);
    done(null, payload.body);
  });
  // For HEAD a stream would be read to its end, and thrown away.
  instance.addHook('onSend', (request, _reply, payload, done) => {
    if (request.method !== 'HEAD' || !(payload instanceof Readable)) return done(null, payload);
    payload.destroy();
    done(null, Readable.from([]));
  });
}
