/** Levels that JSON may nest. Reading takes longer with each level, and what walks the value later calls itself. */
export const maxJsonDepth = 100;

const [quote, backslash] = [0x22, 0x5c];
const [openArray, closeArray] = [0x5b, 0x5d];
const [openObject, closeObject] = [0x7b, 0x7d];

/**
 * Where JSON begins to nest too deep: the index of that bracket, or undefined. One pass over the bytes. Up to the first
 * mistake in them it counts as a parser does, and no parser reads on behind that.
 */
export function findTooDeep(json: Uint8Array, maxDepth: number = maxJsonDepth): number | undefined {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index];
    if (isText) {
      if (byte === backslash) index += 1;
      else if (byte === quote) isText = false;
    } else if (byte === quote) {
      isText = true;
    } else if (byte === openArray || byte === openObject) {
      depth += 1;
      if (depth > maxDepth) return index;
    } else if (byte === closeArray || byte === closeObject) {
      depth -= 1;
    }
  }
  return undefined;
}
