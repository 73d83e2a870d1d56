/**
 * Folds A-Z and nothing else, as names and addresses are compared: `toLowerCase` makes a `k` of the Kelvin sign, and
 * some databases an `i` of `İ`, so that somebody could pass for somebody else.
 */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
