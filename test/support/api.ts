/** A body with the fields that tests read; their expectations check the types. */
export interface Body {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly password: string;
  readonly sha256: string;
  readonly details: Readonly<Record<string, string>>;
  readonly items: readonly Body[];
  readonly [field: string]: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object for other content. */
  readonly body: Body;
}

export interface ApiCall {
  /** API key or session token; none for an anonymous call. */
  readonly token?: string;
  /** The same in the header `X-Authorization` of Conductor's clients. */
  readonly xAuthorization?: string;
  readonly json?: unknown;
  readonly body?: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The target of a call: a server under test, or anything else with a URL. */
export interface Reachable {
  readonly url: string;
}

/** Sends one request. Redirects are returned, not followed. */
export async function call(server: Reachable, method: string, path: string, options: ApiCall = {}): Promise<ApiAnswer> {
  const { token, xAuthorization, json, body, headers = {} } = options;
  const response = await fetch(server.url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(xAuthorization === undefined ? {} : { 'x-authorization': xAuthorization }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: json === undefined ? body && new Uint8Array(Buffer.from(body)) : JSON.stringify(json),
  });
  return answerOf(response);
}

export async function answerOf(response: Response): Promise<ApiAnswer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: asJson(text) };
}

/**
 * Repeats the request until the answer is as expected. After the timeout it returns the last one, so that the
 * expectation fails with it.
 */
export async function eventually<T>(ask: () => Promise<T>, isExpected: (value: T) => boolean, ms = 30_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (isExpected(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function asJson(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
}
