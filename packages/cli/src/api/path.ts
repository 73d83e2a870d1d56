/** A path of the API, each value encoded: path`/v1/prompts/${owner}/${name}`. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((written, part, index) => `${written}${encodeURIComponent(values[index - 1] ?? '')}${part}`);
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Adds the parameters that have a value. */
export function withQuery(pathname: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return given.length === 0 ? pathname : `${pathname}?${search.toString()}`;
}
