export type Interval = 'day' | 'week' | 'month';

interface Period {
  /** First day, YYYY-MM-DD in UTC. */
  readonly period: string;
  readonly downloads: number;
}

const dayMs = 24 * 60 * 60 * 1000;
const defaultDays = 30;

/**
 * The periods from `from` to `to`, also those without downloads, which the server omits. Without them the time axis of
 * the plot would be wrong. The defaults are the server's.
 */
export function fillPeriods(
  items: readonly Period[],
  { interval, from, to }: { interval: Interval; from?: string; to?: string },
): Period[] {
  const known = new Map(items.map(({ period, downloads }) => [period, downloads]));
  const last = to === undefined ? Date.now() : Date.parse(to);
  const first = from === undefined ? last - (defaultDays - 1) * dayMs : Date.parse(from);
  const periods: Period[] = [];
  for (
    let start = startOfPeriod(new Date(first), interval);
    start.getTime() <= last;
    start = nextPeriod(start, interval)
  ) {
    const period = start.toISOString().slice(0, 10);
    periods.push({ period, downloads: known.get(period) ?? 0 });
  }
  return periods;
}

/** Weeks begin on Monday, like the server's. */
function startOfPeriod(time: Date, interval: Interval): Date {
  const day = new Date(time.toISOString().slice(0, 10));
  if (interval === 'week') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (interval === 'month') day.setUTCDate(1);
  return day;
}

function nextPeriod(start: Date, interval: Interval): Date {
  const following = new Date(start);
  if (interval === 'month') following.setUTCMonth(start.getUTCMonth() + 1);
  else following.setUTCDate(start.getUTCDate() + (interval === 'week' ? 7 : 1));
  return following;
}
