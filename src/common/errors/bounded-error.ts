import { DomainError, type ErrorDetails } from './define-error.js';

/** Most fields that one error names, because a request can have a hundred thousand problems. */
export const maxFields = 100;
const maxNameLength = 300;
const maxReasonLength = 2_000;

/** Replaces the fields that are left out. No field of a request has this name. */
export const moreProblems = { '...': 'there are more problems' } as const;

/** The error with details of limited size, independent of the size of the request. */
export function boundedError(error: DomainError): DomainError {
  const { definition, details, context } = error;
  if (!details) return error;
  const entries = Object.entries(details);
  if (entries.length <= maxFields && entries.every(isShort)) return error;
  const short: ErrorDetails = Object.fromEntries(entries.slice(0, maxFields).map(shorten));
  return new DomainError(definition, entries.length > maxFields ? { ...short, ...moreProblems } : short, context);
}

function isShort([name, reason]: [string, unknown]): boolean {
  if (name.length > maxNameLength) return false;
  if (Array.isArray(reason)) return reason.length <= maxFields;
  return typeof reason !== 'string' || reason.length <= maxReasonLength;
}

function shorten([name, reason]: [string, unknown]): [string, unknown] {
  return [truncate(name, maxNameLength), shortenReason(reason)];
}

function shortenReason(reason: unknown): unknown {
  if (Array.isArray(reason)) return reason.slice(0, maxFields);
  return typeof reason === 'string' ? truncate(reason, maxReasonLength) : reason;
}

/** The beginning of a text that is too long, without half a character at its end. */
export function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const isHalved = /[\ud800-\udbff]/.test(text.charAt(maxLength - 1));
  return `${text.slice(0, isHalved ? maxLength - 1 : maxLength)}…`;
}
