import { z } from 'zod';
import {
  BadRequest,
  InternalError,
  MethodNotAllowed,
  PayloadTooLarge,
  RateLimited,
  RouteNotFound,
  ValidationFailed,
} from '../../common/errors/catalogue.js';
import { type DomainError, type ErrorDefinition, isError } from '../../common/errors/define-error.js';
import type { ErrorDialect } from '../../common/errors/error-dialect.js';
import {
  EmailTaken,
  ExpiredToken,
  InvalidToken,
  MissingToken,
  PendingAccount,
  UnknownUser,
  WrongPassword,
} from '../../auth/auth.errors.js';
import {
  NamePublished,
  NameReserved,
  NotPromptOwner,
  PromptExists,
  PromptNotFound,
  PromptPublished,
} from '../../prompts/prompts.errors.js';
import { AccessProhibited, CommandTaken, NotFound } from './open-webui.errors.js';
import { FieldProblem, problemsOf } from './field-problems.js';
import { EmailRegistered, WrongCredentials } from './sessions/sessions.errors.js';

const Detail = z.object({ detail: z.string() });
const Problems = z.object({ detail: z.array(FieldProblem).describe('One for each problem.') });

type Answer = readonly [status: number, detail: string];
const same = ({ status, message }: ErrorDefinition): Answer => [status, message];

/** Statuses and texts of this protocol for errors of the catalogue. Errors that are not listed are the same in both. */
const translations: readonly (readonly [ErrorDefinition, Answer])[] = [
  [MissingToken, [401, 'Not authenticated']],
  [InvalidToken, [401, '401 Unauthorized']],
  [ExpiredToken, [401, '401 Unauthorized']],
  [UnknownUser, [401, 'Invalid authentication request.']],
  [PendingAccount, same(AccessProhibited)],
  [WrongPassword, same(WrongCredentials)],
  [EmailTaken, same(EmailRegistered)],
  [NotPromptOwner, same(AccessProhibited)],
  [PromptPublished, same(AccessProhibited)],
  [NamePublished, same(AccessProhibited)],
  [PromptNotFound, same(NotFound)],
  [PromptExists, same(CommandTaken)],
  [NameReserved, same(CommandTaken)],
  [RouteNotFound, [404, 'Not Found']],
  [MethodNotAllowed, [405, 'Method Not Allowed']],
  [BadRequest, [400, 'Bad Request']],
  [PayloadTooLarge, [413, 'Payload Too Large']],
  [RateLimited, [429, 'API rate limit exceeded']],
  [InternalError, [500, 'Internal Server Error']],
];
const keyOf = ({ code, message }: ErrorDefinition) => `${code} ${message}`;
const answerByError = new Map(translations.map(([error, answer]) => [keyOf(error), answer]));

/** Errors as the front end of Open WebUI reads them. */
export const openWebUiDialect: ErrorDialect = {
  statusOf: ({ definition }) => answerTo(definition)[0],
  bodyOf: (error) => ({ detail: isError(error, ValidationFailed) ? problemsOf(error) : detailOf(error) }),
  schemaOf: ({ code }) =>
    code === ValidationFailed.code
      ? { name: 'OpenWebUiValidationError', schema: Problems }
      : { name: 'OpenWebUiError', schema: Detail },
};

function answerTo(definition: ErrorDefinition): Answer {
  return answerByError.get(keyOf(definition)) ?? same(definition);
}

/** One sentence, with the reason where there is one. */
function detailOf({ definition, details = {} }: DomainError): string {
  const reasons = Object.values(details).filter((reason) => typeof reason === 'string');
  return [answerTo(definition)[1], ...reasons].join(': ');
}
