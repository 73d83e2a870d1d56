import { createHmac } from 'node:crypto';
import { type ApiAnswer, type ApiCall, call, type Reachable } from '../../../support/api.js';

export type Headers = Readonly<Record<string, string>>;

/** The protocol's messages for failed sign-ins. */
export const refusals = {
  missing: 'Not authenticated',
  bad: '401 Unauthorized',
  unknown: 'Invalid authentication request.',
  prohibited: 'You do not have permission to access this resource. Please contact your administrator for assistance.',
  wrong: 'The email or password provided is incorrect. Please check for typos and try logging in again.',
  taken:
    'Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew.',
  malformed:
    "The email format you entered is invalid. Please double-check and make sure you're using a valid email address (e.g., yourname@example.com).",
} as const;

export const detailOf = (status: number, detail: string) => [status, { detail }];
export const statusAndBody = ({ status, body }: ApiAnswer) => [status, body];

export const signIn = (server: Reachable, json: object, headers: Headers = {}) =>
  call(server, 'POST', '/api/v1/auths/signin', { json, headers });
export const signUp = (server: Reachable, json: object, headers: Headers = {}) =>
  call(server, 'POST', '/api/v1/auths/signup', { json, headers });
export const whoAmI = (server: Reachable, input: ApiCall = {}) => call(server, 'GET', '/api/v1/auths/', input);

/** The claims of a token. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

/** A token of the same form that is signed with another key. */
export function aForeignToken(claims: object = { id: 'u-1' }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', 'the secret of another server').update(text).digest('base64url')}`;
}
