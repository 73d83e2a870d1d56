import type { FastifyRequest } from 'fastify';
import type { ErrorFactory } from '../../common/errors/define-error.js';
import type { Protocol } from '../../common/protocol.js';
import { ExpiredToken, InvalidToken, MissingToken, MissingXAuthorization, UnknownUser } from '../auth.errors.js';
import { tokenInCookie } from './token-cookie.js';

type Asking = Pick<FastifyRequest, 'headers' | 'method' | 'host'>;

/** How clients of a protocol present a token, and the errors for it. */
export interface CredentialScheme {
  /** The headers that may hold one. */
  readonly headers: readonly string[];
  /** The token; undefined without credentials, empty if the credentials do not contain a token. */
  tokenIn(request: Asking): string | undefined;
  readonly missing: ErrorFactory;
  readonly expired: ErrorFactory;
  /** For a valid token of a user who does not exist. */
  readonly unknown: ErrorFactory;
}

const bearer = /^Bearer +(\S+) *$/i;
const maybeBearer = /^(?:Bearer +)?(\S+) *$/i;

const authorization: CredentialScheme = {
  headers: ['Authorization'],
  tokenIn: ({ headers }) => match(bearer, headers.authorization),
  missing: MissingToken,
  expired: InvalidToken,
  unknown: InvalidToken,
};

const xAuthorization: CredentialScheme = {
  headers: ['X-Authorization'],
  tokenIn: ({ headers }) => match(maybeBearer, headers['x-authorization']?.toString()),
  missing: MissingXAuthorization,
  // Clients of Conductor request a new token when they receive this error.
  expired: ExpiredToken,
  unknown: InvalidToken,
};

/** The first place with a token counts. A header that is not a bearer token, or is empty, is ignored. */
const anyOfThree: CredentialScheme = {
  headers: ['Authorization', 'X-API-Key', 'Cookie'],
  tokenIn: (request) =>
    [
      match(bearer, request.headers.authorization),
      match(maybeBearer, request.headers['x-api-key']?.toString()),
      tokenInCookie(request),
    ].find(Boolean),
  missing: MissingToken,
  expired: InvalidToken,
  unknown: UnknownUser,
};

export const credentialSchemes: Readonly<Record<Protocol, CredentialScheme>> = {
  registry: authorization,
  conductor: xAuthorization,
  'open-webui': anyOfThree,
};

function match(pattern: RegExp, header: string | undefined): string | undefined {
  return header === undefined ? undefined : (pattern.exec(header)?.[1] ?? '');
}
