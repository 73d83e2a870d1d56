import { ArrayType, type ChangeSet, ChangeSetType, type EntityProperty, isRaw, JsonType } from '@mikro-orm/core';
import { deferred, type DeferredStatement } from './deferred-statement.js';

/** A statement for what was changed of entities, with its values. */
export interface EntityWrite {
  readonly statement: DeferredStatement;
  readonly values: readonly unknown[];
}

type Changes = Pick<ChangeSet<object>, 'entity' | 'meta' | 'payload' | 'type'>;

/** New entities of one kind of which the same columns are given. */
interface NewRows {
  readonly columns: readonly EntityProperty[];
  readonly changes: Changes[];
}

/**
 * Statements that write the changes, in place of those of the ORM, which sends one for each kind of entity. Rows are sent
 * as JSON, so that the text of a statement does not depend on their number. Undefined where the ORM has to do it: for
 * deletions, binary values, and new entities that get values which the database computes.
 */
export function entityWrites(changes: readonly Changes[]): EntityWrite[] | undefined {
  if (!changes.every(isBatchable)) return undefined;
  const created = new Map<string, NewRows>();
  for (const change of changes.filter(({ type }) => type === ChangeSetType.CREATE)) {
    const columns = columnsOf(change);
    const name = `insert ${change.meta.tableName} ${namesOf(columns)}`;
    const rows = created.get(name);
    if (rows) rows.changes.push(change);
    else created.set(name, { columns, changes: [change] });
  }
  const updates = changes.filter(({ type }) => type === ChangeSetType.UPDATE);
  return [...[...created].map(([name, rows]) => insertion(name, rows)), ...updates.map(update)];
}

/** Whether the database numbers the entity: a row of a ledger, which is written and not read in its transaction. */
export function isNumberedByDatabase({ meta }: Pick<Changes, 'meta'>): boolean {
  return meta.getPrimaryProps().some(({ autoincrement }) => autoincrement);
}

function isBatchable(change: Changes): boolean {
  const { type, meta, payload } = change;
  const isPlain = columnsOf(change).every((column) => hasPlainValue(change, column));
  if (type === ChangeSetType.UPDATE) return isPlain;
  if (type !== ChangeSetType.CREATE) return false;
  const isComputed = ({ name, defaultRaw, autoincrement }: EntityProperty) =>
    defaultRaw !== undefined && !autoincrement && !(name in payload);
  return isPlain && (isNumberedByDatabase(change) || !meta.props.some(isComputed));
}

/** Whether PostgreSQL reads the value from JSON as the ORM means it. */
function hasPlainValue({ entity, payload }: Changes, { name, customType }: EntityProperty): boolean {
  const value: unknown = Reflect.get(entity, name);
  const isKnown =
    !customType?.convertToDatabaseValueSQL || customType instanceof ArrayType || customType instanceof JsonType;
  return isKnown && !isRaw(value) && !isRaw(Reflect.get(payload, name)) && !ArrayBuffer.isView(value);
}

// By hand: one statement for any number of rows.
function insertion(name: string, { columns, changes }: NewRows): EntityWrite {
  const [change] = changes;
  const table = quoted(change?.meta.tableName ?? '');
  const list = columns.map(fieldOf).map(quoted).join(', ');
  const text = `insert into ${table} (${list}) select ${list} from json_populate_recordset(null::${table}, $1)`;
  const rows = changes.map(({ entity }) => toRow(entity, columns));
  return { statement: deferred(name, text), values: [JSON.stringify(rows)] };
}

// By hand: only the changed columns are set, because triggers listen to some of them.
function update(change: Changes): EntityWrite {
  const { entity, meta } = change;
  const keys = meta.getPrimaryProps();
  const columns = columnsOf(change);
  const table = quoted(meta.tableName);
  const assignments = columns.map(fieldOf).map((field) => `${quoted(field)} = changed.${quoted(field)}`);
  const conditions = keys.map(fieldOf).map((field) => `was.${quoted(field)} = changed.${quoted(field)}`);
  const text = `update ${table} was set ${assignments.join(', ')} from json_populate_record(null::${table}, $1) changed
    where ${conditions.join(' and ')}`;
  const name = `update ${meta.tableName} ${namesOf(columns)}`;
  return { statement: deferred(name, text), values: [JSON.stringify(toRow(entity, [...keys, ...columns]))] };
}

function toRow(entity: object, columns: readonly EntityProperty[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [fieldOf(column), Reflect.get(entity, column.name) ?? null]));
}

function columnsOf({ meta, payload }: Changes): EntityProperty[] {
  return meta.props.filter(({ name }) => name in payload);
}

function fieldOf({ fieldNames, name }: EntityProperty): string {
  return fieldNames[0] ?? name;
}

function namesOf(columns: readonly EntityProperty[]): string {
  return columns.map(fieldOf).join(' ');
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
