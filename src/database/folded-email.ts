/**
 * SQL expression of an email address for comparisons, the same as in account_email_key: A-Z are folded, and nothing
 * else.
 */
export function foldedEmail(expression: string): string {
  return `lower(${expression} collate "C")`;
}
