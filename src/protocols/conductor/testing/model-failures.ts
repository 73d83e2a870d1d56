import { APICallError } from '@ai-sdk/provider';
import { DomainError, type ErrorFactory } from '../../../common/errors/define-error.js';
import { ModelCredentialsRefused, ModelFailed, ModelOverloaded, ModelRefused } from './models.errors.js';

const longestReason = 500;

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

/** What a failed call means to who made it, in the provider's own words where it has some. */
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

/** What we refused or could not reach ourselves, which the provider's library may have wrapped in an error of its own. */
function ownErrorIn(error: unknown): DomainError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof DomainError) return each;
  return undefined;
}

/** Providers like to quote the key that they refuse. */
function reasonOf({ message, statusCode = 0 }: APICallError, apiKey: string): string {
  if (statusCode >= 300 && statusCode < 400) return `it redirects (${statusCode}), which is not followed`;
  const words = apiKey === '' ? message : message.replaceAll(apiKey, '…');
  return words.slice(0, longestReason) || `status ${statusCode}`;
}
