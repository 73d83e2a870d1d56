import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorFactory } from '../../common/errors/define-error.js';
import type { Protocol } from '../../common/protocol.js';
import { ExpiredToken, InvalidToken, MissingToken, MissingXAuthorization } from '../auth.errors.js';

/** How one protocol's clients present a token, and what they are told about it. */
export interface CredentialScheme {
  /** The token; undefined without credentials, empty where they hold no token. */
  tokenIn(headers: IncomingHttpHeaders): string | undefined;
  readonly missing: ErrorFactory;
  readonly expired: ErrorFactory;
}

const bearer = /^Bearer +(\S+) *$/i;
const maybeBearer = /^(?:Bearer +)?(\S+) *$/i;

const authorization: CredentialScheme = {
  tokenIn: (headers) => match(bearer, headers.authorization),
  missing: MissingToken,
  expired: InvalidToken,
};

const xAuthorization: CredentialScheme = {
  tokenIn: (headers) => match(maybeBearer, headers['x-authorization']?.toString()),
  missing: MissingXAuthorization,
  // Clients of Conductor get themselves a new token when they are told that theirs has expired.
  expired: ExpiredToken,
};

export const credentialSchemes: Readonly<Record<Protocol, CredentialScheme>> = {
  registry: authorization,
  conductor: xAuthorization,
  'open-webui': authorization,
};

function match(pattern: RegExp, header: string | undefined): string | undefined {
  return header === undefined ? undefined : (pattern.exec(header)?.[1] ?? '');
}
