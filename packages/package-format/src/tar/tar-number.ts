const octalPattern = /^ *([0-7]+)[ \0]*$/;

/** A number of a tar header: octal digits, or base-256 as GNU writes it. Undefined for anything else, negative ones included. */
export function readTarNumber(field: Buffer): number | undefined {
  const first = field.readUInt8(0);
  if (first & 0x80) return first & 0x40 ? undefined : readBase256(field);
  const digits = octalPattern.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

/** Exact up to 2^53; beyond that the result is still far over every cap. */
function readBase256(field: Buffer): number {
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, field.readUInt8(0) & 0x3f);
}
