import type { OpenAPIObject } from '@nestjs/swagger';
import type { Operation } from './documented-operations.js';

type Components = NonNullable<OpenAPIObject['components']>;
type Responses = Operation['responses'];

/** Headers that many operations send or take, described once. */
export const sharedComponents = {
  headers: {
    RequestId: { description: 'Names the request in the server’s log.', required: true, schema: { type: 'string' } },
    RetryAfter: {
      description: 'Seconds after which trying again can help.',
      required: true,
      schema: { type: 'integer', minimum: 1 },
    },
    AcceptPost: {
      description: 'The media type that the operation takes.',
      required: true,
      schema: { type: 'string' },
      example: 'application/json',
    },
    ETag: { description: 'Names this state; for `If-None-Match`.', required: true, schema: { type: 'string' } },
  },
  parameters: {
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      description: 'The `ETag` of what is known already: if it is still current, the answer is 304 without a body.',
      required: false,
      schema: { type: 'string' },
    },
  },
} satisfies Pick<Components, 'headers' | 'parameters'>;

/** Adds what holds for every `GET` of data: its ETag, and 304 for those who have it already. */
export function describeConditionalGet(operation: Operation): void {
  const { 200: ok } = operation.responses;
  if (!ok || '$ref' in ok) return;
  const etag = { ETag: { $ref: '#/components/headers/ETag' } };
  ok.headers = { ...ok.headers, ...etag };
  operation.responses[304] = { description: 'It is unchanged: `If-None-Match` names its current `ETag`.', headers: etag };
  operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/IfNoneMatch' }];
}

/** Adds the header with the request id to every answer. */
export function withRequestId(responses: Responses): Responses {
  const header = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      response && !('$ref' in response) ? { ...response, headers: { ...response.headers, ...header } } : response,
    ]),
  );
}
