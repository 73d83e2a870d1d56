import { parse } from 'node:querystring';

const undecodable = '\ud800';

/**
 * Parses a query. Bytes that cannot be decoded become a lone surrogate, which every schema refuses, so that the answer
 * is a 422 that names the parameter. Lenient decoding would change the value.
 */
export function parseQuery(query: string): Record<string, unknown> {
  return parse(query, '&', '=', { decodeURIComponent: decode });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return undecodable;
  }
}
