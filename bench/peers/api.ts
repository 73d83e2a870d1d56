import type { Peer } from './options.js';

type Method = 'GET' | 'POST' | 'DELETE';

/** Sends a request with JSON, and returns the fields of the answer. @throws Error unless it is a success */
export async function callApi(side: Peer, method: Method, path: string, body?: object): Promise<Fields> {
  const { status, fields } = await tryApi(side, method, path, body);
  if (!fields) throw new Error(`${side.url}: ${method} ${path} is answered ${status}`);
  return fields;
}

/** The same; without fields unless it is a success. */
export async function tryApi(
  { url, token }: Peer,
  method: Method,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly fields?: Fields }> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, ...(response.ok ? { fields: fieldsOf(text) } : {}) };
}

/** The fields of an answer that this program reads. */
export interface Fields {
  readonly id?: string;
  readonly username?: string;
}

/** Some servers put their answers into a field `data`. A prompt has such a field, too, but next to others. */
function fieldsOf(text: string): Fields {
  const answer = JSON.parse(text || '{}') as Fields & { readonly data?: Fields };
  return answer.data && Object.keys(answer).length === 1 ? answer.data : answer;
}
