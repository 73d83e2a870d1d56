/** SQL of an address as it is compared, and as account_email_key has it: with A-Z folded and nothing else. */
export function foldedEmail(expression: string): string {
  return `lower(${expression} collate "C")`;
}
