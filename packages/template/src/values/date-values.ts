const datePattern = /^(?!0000)\d{4}-\d{2}-\d{2}$/;
const monthPattern = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])$/;
const timePattern = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?$/;

export function dateProblem(text: string): string | undefined {
  return isDate(text) ? undefined : 'must be a date like 2026-03-10';
}

export function dateTimeProblem(text: string): string | undefined {
  const [date = '', time = '', ...rest] = text.split('T');
  const isValid = isDate(date) && timePattern.test(time) && rest.length === 0;
  return isValid ? undefined : 'must be a date and time like 2026-03-10T15:30';
}

export function monthProblem(text: string): string | undefined {
  return monthPattern.test(text) ? undefined : 'must be a month like 2026-03';
}

export function timeProblem(text: string): string | undefined {
  return timePattern.test(text) ? undefined : 'must be a time like 15:30';
}

/** Whether the day exists: an engine may read 30 February as 2 March, but writes no day that it was not. */
function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isFinite(date.getTime()) && date.toISOString().startsWith(text);
}
