import { isUtf8 } from 'node:buffer';

export type PaxRecords = ReadonlyMap<string, Buffer>;

const space = 0x20;
const newline = 0x0a;
const maxLengthDigits = 6;

/**
 * The records `<length> <key>=<value>\n` of a PAX header. Undefined when one is malformed, or a key comes twice: readers
 * differ in which of the two they take.
 */
export function readPaxRecords(body: Buffer): PaxRecords | undefined {
  const records = new Map<string, Buffer>();
  for (let offset = 0; offset < body.length;) {
    const length = recordLength(body.subarray(offset));
    const record = length && readRecord(body.subarray(offset, offset + length));
    if (!record || records.has(record.key)) return undefined;
    records.set(record.key, record.value);
    offset += length;
  }
  return records;
}

/** The length that the record states, counted from its first digit; 0 when it is malformed or does not fit. */
function recordLength(bytes: Buffer): number {
  const digits =
    bytes
      .subarray(0, maxLengthDigits + 1)
      .toString('latin1')
      .split(' ', 1)[0] ?? '';
  const length = /^[1-9][0-9]{0,5}$/.test(digits) ? Number(digits) : 0;
  return length <= bytes.length ? length : 0;
}

function readRecord(record: Buffer): { key: string; value: Buffer } | undefined {
  const start = record.indexOf(space) + 1;
  const equals = record.indexOf('=', start);
  const key = record.subarray(start, Math.max(equals, start));
  const isWellFormed = start > 0 && equals > start && record.at(-1) === newline && isUtf8(key);
  return isWellFormed ? { key: key.toString('utf8'), value: record.subarray(equals + 1, -1) } : undefined;
}
