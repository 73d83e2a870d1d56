import { z } from 'zod';
import { ExpiredToken, InvalidToken, MissingXAuthorization } from '../../auth/auth.errors.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { type DomainError, isError } from '../../common/errors/define-error.js';
import type { ErrorDialect } from '../../common/errors/error-dialect.js';

const tokenErrors = ['EXPIRED_TOKEN', 'INVALID_TOKEN'] as const;

const ConductorError = z.object({
  status: z.int().describe('The status of the answer.'),
  message: z.string(),
  instance: z.string().describe('The name of the machine that answered.'),
  retryable: z.boolean().describe('Whether the same request can succeed later.'),
  error: z
    .enum(tokenErrors)
    .optional()
    .describe('Set if a new token would help; clients then request one and try again.'),
});

// The protocol has one status for all invalid requests, for which the registry has several.
const badRequests = new Set([409, 412, 422]);

/** Maps errors to the format of Conductor's clients. */
export const conductorDialect: ErrorDialect = {
  statusOf,
  bodyOf: (error, instance) => {
    const status = statusOf(error);
    const code = tokenErrorOf(error);
    const body = { status, message: messageOf(error), instance, retryable: status >= 500 };
    return code ? { ...body, error: code } : body;
  },
  schemaOf: () => ({ name: 'ConductorError', schema: ConductorError }),
};

function statusOf({ definition: { status } }: DomainError): number {
  return badRequests.has(status) ? 400 : status;
}

/** One sentence with the reason, because clients read no other field. */
function messageOf({ definition: { code, message }, details = {} }: DomainError): string {
  const reasons = Object.entries(details).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (reasons.length === 0) return message;
  if (code === ValidationFailed.code) return reasons.map(([field, problem]) => `${field} ${problem}`).join('; ');
  return `${message}: ${reasons.map(([, reason]) => reason).join(', ')}`;
}

/** No other error may have such a code: some clients show it instead of the message, and all of them retry. */
function tokenErrorOf(error: DomainError): (typeof tokenErrors)[number] | undefined {
  if (isError(error, ExpiredToken)) return 'EXPIRED_TOKEN';
  return isError(error, InvalidToken) || isError(error, MissingXAuthorization) ? 'INVALID_TOKEN' : undefined;
}
