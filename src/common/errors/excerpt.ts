import { truncate } from './bounded-error.js';

const maxCharacters = 1_000;
/** The cost of a value in addition to its characters. */
const valueCost = 8;

interface Budget {
  remaining: number;
}

const excerpts = new WeakMap<object, unknown>();

/**
 * The beginning of a JSON value, limited in size. Computed once for an object, because each problem with one of its
 * fields repeats it.
 */
export function excerptOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return excerptWithin(value, { remaining: maxCharacters });
  const cached = excerpts.get(value) ?? excerptWithin(value, { remaining: maxCharacters });
  excerpts.set(value, cached);
  return cached;
}

function excerptWithin(value: unknown, budget: Budget): unknown {
  budget.remaining -= valueCost;
  if (typeof value === 'string') return excerptText(value, budget);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? excerptItems(value, budget) : excerptFields(value, budget);
}

function excerptText(text: string, budget: Budget): string {
  const taken = truncate(text, Math.max(budget.remaining, valueCost));
  budget.remaining -= taken.length;
  return taken;
}

function excerptItems(items: readonly unknown[], budget: Budget): unknown[] {
  const taken: unknown[] = [];
  for (const item of items) {
    if (budget.remaining <= 0) break;
    taken.push(excerptWithin(item, budget));
  }
  return taken;
}

function excerptFields(fields: object, budget: Budget): Record<string, unknown> {
  const taken: [string, unknown][] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (budget.remaining <= 0) break;
    taken.push([excerptText(name, budget), excerptWithin(field, budget)]);
  }
  return Object.fromEntries(taken);
}
