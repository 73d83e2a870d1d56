import { z } from 'zod';
import { Text } from '../common/http/scalars.js';

// PostgreSQL's calendar has no year 0.
const firstDay = '0001-01-01';
const error = 'must be a date, YYYY-MM-DD';
const Day = z.iso.date({ error }).refine((day) => day >= firstDay, { error });
const defaultDays = 30;
const maxDays = 3_700;
const dayMs = 24 * 60 * 60 * 1_000;

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

export const DownloadsQuery = z
  .object({
    from: Day.optional().describe('First day, in UTC; 30 days back if left out.'),
    to: Day.optional().describe('Last day, in UTC; today if left out.'),
    interval: z.enum(['day', 'week', 'month']).default('day').describe('What one entry counts.'),
    version: Text.max(64).optional().describe('Only this version.'),
  })
  .transform(({ from, to, ...rest }) => {
    const last = to ?? dayOf(Date.now());
    const first = Math.max(Date.parse(firstDay), Date.parse(last) - (defaultDays - 1) * dayMs);
    return { ...rest, to: last, from: from ?? dayOf(first) };
  })
  .superRefine(({ from, to }, context) => {
    const days = (Date.parse(to) - Date.parse(from)) / dayMs;
    if (days < 0) context.addIssue({ code: 'custom', path: ['from'], message: 'must not be after to' });
    if (days > maxDays) context.addIssue({ code: 'custom', path: ['from'], message: 'must be within ten years of to' });
  });
export type DownloadsQuery = z.output<typeof DownloadsQuery>;

export const DownloadSeries = z
  .object({
    items: z.array(
      z.object({
        period: z.string().describe('First day of the period, YYYY-MM-DD in UTC.'),
        version: z.string().optional().describe('The version that was asked for.'),
        downloads: z.int(),
        unique: z.int().describe('Visitors, each counted once a day.'),
      }),
    ),
    total: z.int().describe('Downloads of all periods.'),
  })
  .meta({ id: 'DownloadSeries' });
export type DownloadSeries = z.output<typeof DownloadSeries>;

export const DownloadTable = z
  .string()
  .meta({ example: 'period,version,downloads,unique\r\n2026-03-10,1.0.0,12,7\r\n' });
