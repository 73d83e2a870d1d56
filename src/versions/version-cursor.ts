import { ValidationFailed } from '../common/errors/catalogue.js';
import { Time } from '../common/http/scalars.js';

/** The version after which a page begins: its creation time as PostgreSQL writes it, and its sequence number. */
export interface VersionCursor {
  readonly createdAt: string;
  readonly sequence: string;
}

const cursorPattern = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)\+00\|(\d{1,18})$/;

export function writeCursor({ createdAt, sequence }: VersionCursor): string {
  return Buffer.from(`${createdAt}|${sequence}`).toString('base64url');
}

/** @throws ValidationFailed for a malformed cursor */
export function readCursor(text: string): VersionCursor {
  const [, day, hour, sequence] = cursorPattern.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  const createdAt = Time.safeParse(`${day}T${hour}Z`).data;
  if (!createdAt || !sequence) throw ValidationFailed({ cursor: 'must come from a Link header' });
  return { createdAt, sequence };
}
