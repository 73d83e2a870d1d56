import { cut } from './bounded-error.js';

const maxCharacters = 1_000;
/** What a value costs besides its characters. */
const eachValue = 8;

interface Budget {
  left: number;
}

const excerpts = new WeakMap<object, unknown>();

/**
 * The beginning of a JSON value: as much as a person needs to know it again, however large it is. Of one object it is
 * taken once, as every field that is missing in it repeats it.
 */
export function excerptOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return takeOf(value, { left: maxCharacters });
  const known = excerpts.get(value) ?? takeOf(value, { left: maxCharacters });
  excerpts.set(value, known);
  return known;
}

function takeOf(value: unknown, budget: Budget): unknown {
  budget.left -= eachValue;
  if (typeof value === 'string') return takeText(value, budget);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? takeItems(value, budget) : takeFields(value, budget);
}

function takeText(text: string, budget: Budget): string {
  const taken = cut(text, Math.max(budget.left, eachValue));
  budget.left -= taken.length;
  return taken;
}

function takeItems(items: readonly unknown[], budget: Budget): unknown[] {
  const taken: unknown[] = [];
  for (const item of items) {
    if (budget.left <= 0) break;
    taken.push(takeOf(item, budget));
  }
  return taken;
}

function takeFields(fields: object, budget: Budget): Record<string, unknown> {
  const taken: [string, unknown][] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (budget.left <= 0) break;
    taken.push([takeText(name, budget), takeOf(field, budget)]);
  }
  return Object.fromEntries(taken);
}
