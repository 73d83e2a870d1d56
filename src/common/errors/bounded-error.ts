import { DomainError, type ErrorDetails } from './define-error.js';

/** Fields that one error names; a request can hold a hundred thousand mistakes. */
export const maxFields = 100;
const maxNameLength = 300;
const maxReasonLength = 2_000;

/** Takes the place of the fields that are left out; no field of a request is called so. */
export const others = { '...': 'there are more problems' } as const;

/** The error with details of a size that does not grow with the request. */
export function bounded(error: DomainError): DomainError {
  const { definition, details, context } = error;
  if (!details) return error;
  const entries = Object.entries(details);
  if (entries.length <= maxFields && entries.every(isShort)) return error;
  const short: ErrorDetails = Object.fromEntries(entries.slice(0, maxFields).map(shortened));
  return new DomainError(definition, entries.length > maxFields ? { ...short, ...others } : short, context);
}

function isShort([name, reason]: [string, unknown]): boolean {
  if (name.length > maxNameLength) return false;
  if (Array.isArray(reason)) return reason.length <= maxFields;
  return typeof reason !== 'string' || reason.length <= maxReasonLength;
}

function shortened([name, reason]: [string, unknown]): [string, unknown] {
  return [cut(name, maxNameLength), shortReason(reason)];
}

function shortReason(reason: unknown): unknown {
  if (Array.isArray(reason)) return reason.slice(0, maxFields);
  return typeof reason === 'string' ? cut(reason, maxReasonLength) : reason;
}

/** The beginning of a text that is too long, without half a character at its end. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const isHalved = /[\ud800-\udbff]/.test(text.charAt(maxLength - 1));
  return `${text.slice(0, isHalved ? maxLength - 1 : maxLength)}…`;
}
