/**
 * The header that makes a browser save a download under this name; RFC 6266, with RFC 8187 for other characters than
 * ASCII.
 */
export function attachment(filename: string): string {
  const name = filename.toWellFormed();
  const plain = name.replaceAll(/[^ !#$&-[\]-~]/g, '_');
  if (plain === name) return `attachment; filename="${plain}"`;
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
