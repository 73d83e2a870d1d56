import { parse } from 'node:querystring';

const undecodable = '\ud800';

/**
 * Reads a query. Bytes that do not decode become a lone surrogate, which no schema takes, so that the answer is a 422
 * that names the parameter; lenient decoding would search for something else than was asked for.
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
