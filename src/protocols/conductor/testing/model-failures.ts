import { APICallError } from '@ai-sdk/provider';
import { DomainError, type ErrorFactory } from '../../../common/errors/define-error.js';
import { ModelCredentialsRefused, ModelFailed, ModelOverloaded, ModelRefused } from './models.errors.js';

const maxReasonLength = 500;

const byStatus = new Map<number, ErrorFactory>([
  [400, ModelRefused],
  [401, ModelCredentialsRefused],
  [403, ModelCredentialsRefused],
  [404, ModelRefused],
  [413, ModelRefused],
  [422, ModelRefused],
  [429, ModelOverloaded],
  [503, ModelOverloaded],
  [529, ModelOverloaded],
]);

/** Maps a failed call to an error, with the message of the provider if it has one. */
export function toFailure(error: unknown, apiKey: string): DomainError {
  const own = ownErrorIn(error);
  if (own) return own;
  if (!APICallError.isInstance(error))
    return ModelFailed({ reason: 'the answer is not of its protocol' }, { cause: error });
  const { statusCode = 0, responseHeaders = {} } = error;
  const failure = byStatus.get(statusCode) ?? ModelFailed;
  const retryAfter = responseHeaders['retry-after'];
  const isHint = failure.retryAfterSeconds !== undefined && retryAfter !== undefined;
  return failure({ reason: reasonOf(error, apiKey) }, isHint ? { headers: { 'retry-after': retryAfter } } : {});
}

/** An error of this server, which the library of the provider may have wrapped. */
function ownErrorIn(error: unknown): DomainError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof DomainError) return each;
  return undefined;
}

/** Some providers quote the refused key in their message. */
function reasonOf({ message, statusCode = 0 }: APICallError, apiKey: string): string {
  if (statusCode >= 300 && statusCode < 400) return `it redirects (${statusCode}), which is not followed`;
  const words = apiKey === '' ? message : message.replaceAll(apiKey, '…');
  return words.slice(0, maxReasonLength) || `status ${statusCode}`;
}
