const shape = /^\d{1,15}$/;

/** Behind which entry a page begins, as clients carry it. */
export function writeCursor(id: number): string {
  return Buffer.from(String(id)).toString('base64url');
}

/** The id that a cursor stands for; undefined for what is no cursor of ours. */
export function readCursor(text: string): number | undefined {
  const id = Buffer.from(text, 'base64url').toString();
  return shape.test(id) ? Number(id) : undefined;
}
