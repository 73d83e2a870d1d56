import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addVary } from './vary.js';
import { isUnmodified, etagOf } from './conditional-get.js';

export interface AnswerOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** How a later request with the same URL is answered; without it, each request has to be handled. */
  readonly repeat?: Repeat;
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };

/** Answers a request like an earlier one with the same URL; undefined if something may have changed since. */
export type Repeat = (request: FastifyRequest) => Answer<unknown> | Promise<Answer<unknown>> | undefined;

/** The result of a service that sets headers, another status or an empty body. */
export class Answer<Body = undefined> {
  constructor(
    readonly body: Body,
    readonly options: AnswerOptions = {},
  ) {}
}

/** An answer whose body is JSON already. */
export function jsonAnswer(json: Buffer): Answer<Buffer> {
  return new Answer(json, { headers: { ...jsonHeaders, etag: etagOf(json) } });
}

/** The same of parts, without an ETag. */
export function jsonBytes(parts: readonly Buffer[]): Answer<Buffer> {
  return new Answer(Buffer.concat(parts), { headers: jsonHeaders });
}

/** The same answer, which is sent again to later requests with the same URL while the condition holds for them. */
export function repeatable<Body>(answer: Answer<Body>, canRepeat: (request: FastifyRequest) => boolean): Answer<Body> {
  return new Answer(answer.body, {
    ...answer.options,
    repeat: (request) => (canRepeat(request) ? answer : undefined),
  });
}

/** An answer that is sent several times. Its body is serialized and its ETag computed once, not for each request. */
export function serializedAnswer(body: object, { headers, ...options }: AnswerOptions = {}): Answer<Buffer> {
  const bytes = Buffer.from(JSON.stringify(body));
  const etag = headers?.['etag'] ?? etagOf(bytes);
  return new Answer(bytes, { ...options, headers: { ...jsonHeaders, etag, ...headers } });
}

// Fastify sends bytes as well, but the type only allows text.
const asItIs = (body: unknown) => body as string;

/** Sends the response that an `Answer` describes. */
export function sendAnswers(instance: FastifyInstance): void {
  instance.addHook('preSerialization', (request, reply, payload: unknown, done) => {
    if (!(payload instanceof Answer)) return done(null, payload);
    const { status, headers = {} } = payload.options;
    const { vary, ...others } = headers;
    if (status !== undefined) reply.status(status);
    reply.headers(others);
    if (vary !== undefined) addVary(reply, [vary].flat());
    if (status === undefined && isUnmodified(request, headers['etag']?.toString())) {
      // Before serialization, because most repeated requests are answered with 304.
      reply.status(304).serializer(() => '');
      return done(null, '');
    }
    if (payload.body === undefined) reply.removeHeader('content-type').serializer(() => '');
    if (typeof payload.body === 'string' || payload.body instanceof Buffer) reply.serializer(asItIs);
    done(null, payload.body);
  });
  // For HEAD the whole stream would be read and discarded.
  instance.addHook('onSend', (request, _reply, payload, done) => {
    if (request.method !== 'HEAD' || !(payload instanceof Readable)) return done(null, payload);
    payload.destroy();
    done(null, Readable.from([]));
  });
}
