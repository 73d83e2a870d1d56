const idPattern = /^\d{1,15}$/;

/** Encodes the id of the entry after which a page begins. */
export function writeCursor(id: number): string {
  return Buffer.from(String(id)).toString('base64url');
}

/** The id in a cursor; undefined if the cursor is not valid. */
export function readCursor(text: string): number | undefined {
  const id = Buffer.from(text, 'base64url').toString();
  return idPattern.test(id) ? Number(id) : undefined;
}
