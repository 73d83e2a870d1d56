import { createHash } from 'node:crypto';
import type { Statement } from '../../database/database.js';
import { prepared as preparedAs } from '../../database/prepared-statements.js';

/** The values of a statement that is composed of parts. `add` returns the placeholder of a value. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type?: 'text[]' | 'uuid[]' | 'text'): string {
    this.values.push(value);
    return `$${this.values.length}${type ? `::${type}` : ''}`;
  }
}

/** A prepared statement that is named after its text: searches of one shape share it, and there are few shapes. */
export function preparedStatement(text: string): Statement {
  return { name: `search-${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`, text };
}

/** The same text, to be prepared under a name that is made of it. */
export function namedByText(text: string): string {
  return preparedAs(`search-${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`, text);
}
