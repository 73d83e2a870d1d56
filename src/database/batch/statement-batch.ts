import { prepared } from '../prepared-statements.js';
import type { DeferredStatement } from './deferred-statement.js';

/** Programs have a few dozen combinations of writes. More are sent without being prepared. */
const maxPrepared = 500;

const texts = new Map<string, string>();

/** The deferred statements of a transaction. They are sent as one statement, so that they take one round trip. */
export class StatementBatch {
  private statements: DeferredStatement[] = [];
  private values: unknown[] = [];
  private readonly offsets: number[] = [];

  get isEmpty(): boolean {
    return this.statements.length === 0;
  }

  has({ name }: DeferredStatement): boolean {
    return this.statements.some((statement) => statement.name === name);
  }

  add(statement: DeferredStatement, values: readonly unknown[]): void {
    this.offsets.push(this.values.length);
    this.statements.push(statement);
    this.values.push(...values);
  }

  /** One statement that does the same; the batch is empty then. */
  take(): { readonly text: string; readonly values: unknown[] } {
    const { statements, values } = this;
    const text = textOf(statements, this.offsets.splice(0));
    this.statements = [];
    this.values = [];
    return { text, values };
  }
}

function textOf(statements: readonly DeferredStatement[], offsets: readonly number[]): string {
  const key = statements.map(({ name }) => name).join('\n');
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = combine(statements, offsets);
  if (texts.size >= maxPrepared) return text;
  texts.set(key, text);
  return prepared(`batch-${texts.size}`, text);
}

/** PostgreSQL runs every writing part of a `with` once and to its end, and checks foreign keys after all of them. */
function combine(statements: readonly DeferredStatement[], offsets: readonly number[]): string {
  const parts = statements.flatMap(({ steps }, statement) => {
    const nameOf = (step: number) => `batch_${statement}_${step}`;
    return steps.map((text, index) => {
      const numbered = text.replaceAll(/\$(\d+)/g, (_, n) => `$${Number(n) + (offsets[statement] ?? 0)}`);
      return `${nameOf(index + 1)} as (${numbered.replaceAll(/\{(\d+)\}/g, (_, step) => nameOf(Number(step)))})`;
    });
  });
  return `with ${parts.join(', ')} select`;
}
