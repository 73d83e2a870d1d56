/** A body as tests read it: what they take from it is proved by what they expect of it. */
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
  /** The body as JSON; an empty object where it is none. */
  readonly body: Body;
}

export interface ApiCall {
  /** API key or session token; a stranger calls without. */
  readonly token?: string;
  /** The same as a client of Conductor presents it, in `X-Authorization`. */
  readonly xAuthorization?: string;
  readonly json?: unknown;
  readonly body?: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where a call goes to: a server under test, or anything else with an address. */
export interface Reachable {
  readonly url: string;
}

/** One request, answered; redirects are answers like any other. */
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

/** Asks until the answer is as wished; gives the last one back when time is over, for the expectation to speak. */
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
