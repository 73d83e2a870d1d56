import { stringifySetCookie } from 'cookie';
import { tokenCookie } from '../../../auth/authentication/token-cookie.js';
import type { Client } from './session-request.decorators.js';

/** The paths of the protocol. Browsers do not send the cookie on others. */
const paths = ['/api/v1', '/api/prompts'];
const expiredDate = new Date(0);

/** Values of `Set-Cookie` that store a token in the browser until it expires. */
export function tokenCookies(token: string, expires: Date, { isSecure }: Client): string[] {
  return paths.map((path) =>
    stringifySetCookie({
      name: tokenCookie,
      value: token,
      path,
      expires,
      httpOnly: true,
      sameSite: 'strict',
      secure: isSecure,
    }),
  );
}

/** Values of `Set-Cookie` that delete the token in the browser. */
export function clearedCookies(client: Client): string[] {
  return tokenCookies('', expiredDate, client);
}
