/**
 * Folds A-Z and nothing else, for the comparison of names and addresses: `toLowerCase` turns the Kelvin sign into `k`,
 * and some databases turn `İ` into `i`, so that one user could impersonate another.
 */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
