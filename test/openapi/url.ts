import type { DocumentedOperation } from './document.js';
import type { GenericOptions } from './requests/requests.js';

/** Path and query of a request, as they are sent. */
export function pathOf({ path }: DocumentedOperation, { path: values = {}, query = {} }: GenericOptions): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  return search.size === 0 ? filled : `${filled}?${search.toString()}`;
}
