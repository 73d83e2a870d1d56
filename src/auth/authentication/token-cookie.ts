import { parseCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';

export const tokenCookie = 'token';

type Asking = Pick<FastifyRequest, 'headers' | 'method' | 'host'>;

/**
 * The token in the cookie of a signed-in browser. Browsers send cookies by themselves, so that the token is accepted
 * for a change only if the request comes from a page of this server.
 */
export function tokenInCookie(request: Asking): string | undefined {
  const { headers, method } = request;
  const token = headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[tokenCookie];
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead || isSameOrigin(request) ? token : undefined;
}

/** Whether the request comes from a page of another server. Clients that are not browsers do not send these headers. */
export function isFromElsewhere(request: Pick<Asking, 'headers' | 'host'>): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  return (origin !== undefined || site !== undefined) && !isSameOrigin(request);
}

function isSameOrigin({ headers, host }: Pick<Asking, 'headers' | 'host'>): boolean {
  const { origin } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
