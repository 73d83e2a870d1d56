import { z } from 'zod';
import { PathSegment } from '../../../common/http/scalars.js';
import { pageNumber } from '../page-number.js';

export const HistoryPath = z.object({ id: PathSegment.describe('Id of the prompt.') });
export type HistoryPath = z.output<typeof HistoryPath>;

export const HistoryEntryPath = HistoryPath.extend({ hid: PathSegment.describe('Id of the history entry.') });
export type HistoryEntryPath = z.output<typeof HistoryEntryPath>;

export const HistoryPage = z.object({
  page: pageNumber(0).meta({
    type: 'integer',
    default: 0,
    description: 'The page of 20 entries; 0 is the newest page, and lower numbers mean 0.',
  }),
});
export type HistoryPage = z.output<typeof HistoryPage>;

export const ComparedEntries = z.object({
  from_id: PathSegment.describe('Id of the older entry.'),
  to_id: PathSegment.describe('Id of the newer entry.'),
});
export type ComparedEntries = z.output<typeof ComparedEntries>;
