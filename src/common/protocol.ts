import type { IncomingHttpHeaders } from 'node:http';

/** The protocols that a request can come through. */
export const protocols = ['registry', 'conductor', 'open-webui'] as const;
export type Protocol = (typeof protocols)[number];

/** The parts of a request that determine its protocol. */
export interface RequestTarget {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const originPattern = /^https?:\/\/[^/?]*/i;
const openWebUiPaths = /^\/api\/(v1(\/|$)|prompts\/(id|command)\/)/;
const conductorPaths = /^\/api\/(token|prompts|integrations|auth\/authorization)(\/|$)/;
const sharedPaths = /^\/api\/prompts(\/(create|tags|list)?)?$/;

/** The protocol that a request comes through: its path says so, and its credentials where two protocols share the path. */
export function protocolOf({ url = '', headers }: RequestTarget): Protocol {
  const path = pathOf(url);
  if (!path.startsWith('/api/')) return 'registry';
  if (openWebUiPaths.test(path)) return 'open-webui';
  if (headers['x-authorization'] !== undefined) return 'conductor';
  if (sharedPaths.test(path)) return hasOpenWebUiCredentials(headers) ? 'open-webui' : 'conductor';
  return conductorPaths.test(path) ? 'conductor' : 'registry';
}

/** Whether the request's path is one that two protocols share, so that its credentials decide between them. */
export function isOnSharedPath({ url = '' }: Pick<RequestTarget, 'url'>): boolean {
  return sharedPaths.test(pathOf(url));
}

/** The path of a request's target as it was sent, which may name the host before it (RFC 9112, absolute form). */
function pathOf(url: string): string {
  const target = url.startsWith('/') ? url : url.replace(originPattern, '');
  const queryStart = target.indexOf('?');
  return queryStart < 0 ? target : target.slice(0, queryStart);
}

function hasOpenWebUiCredentials({ authorization, cookie, ...headers }: IncomingHttpHeaders): boolean {
  if (headers['x-api-key'] !== undefined) return true;
  return /^bearer( |$)/i.test(authorization ?? '') || /(^|;) *token=/.test(cookie ?? '');
}
