import { RevisionNotFound } from './revisions.errors.js';

/** The number that a path names. @throws RevisionNotFound for what cannot be one */
export function toRevisionNumber(text: string): number {
  const number = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 2_147_483_647) throw RevisionNotFound();
  return number;
}
