import { createHash } from 'node:crypto';
import { prepared, statementName } from '../../database/prepared-statements.js';

/** The values of a statement that is composed of parts. `add` returns the placeholder of a value. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type?: 'text[]' | 'uuid[]' | 'text'): string {
    this.values.push(value);
    return `$${this.values.length}${type ? `::${type}` : ''}`;
  }
}

/** A text that is prepared under a name made of it: statements of one shape share it, and there are few shapes. */
export function namedByText(text: string): string {
  if (statementName(text) !== undefined) return text;
  return prepared(`search-${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`, text);
}
