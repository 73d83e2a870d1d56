import { stringifySetCookie } from 'cookie';
import { tokenCookie } from '../../../auth/authentication/token-cookie.js';
import type { Client } from './session-request.decorators.js';

/** The protocol's paths; on the others no browser shows the cookie. */
const paths = ['/api/v1', '/api/prompts'];
const longAgo = new Date(0);

/** Values of `Set-Cookie` that keep a token in the browser for as long as it is good. */
export function cookiesWith(token: string, expires: Date, { isSecure }: Client): string[] {
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

/** Values of `Set-Cookie` that make a browser forget its token. */
export function forgottenCookies(client: Client): string[] {
  return cookiesWith('', longAgo, client);
}
