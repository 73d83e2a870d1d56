/** An order of prompts: total, so that paging neither repeats nor skips. */
export interface SearchOrder {
  /** The table that has an index in this order for each scope. */
  readonly table: 'prompt' | 'prompt_search';
  /** The columns of that table that are used in addition to the id... */
  readonly columns: string;
  /** ...and SQL's `order by` for rows with them. */
  readonly by: string;
  /** Of a row of `prompt_search`: puts rows into nearly this order; equal where the order says more. */
  readonly approximate: string;
  readonly direction: 'asc' | 'desc';
  /** The order among rows with `rough`, `created_at` and `id`. */
  readonly byApproximate: string;
  /** The indexed column that is beyond `rough`, or equal, for every row that comes no later in the order. */
  readonly bound: 'popularity' | 'created_at' | 'updated_at' | 'name';
}

const byDate = (column: 'created_at' | 'updated_at'): SearchOrder => ({
  table: 'prompt_search',
  columns: column,
  by: `${column} desc, id desc`,
  approximate: column,
  direction: 'desc',
  byApproximate: 'rough desc, id desc',
  bound: column,
});

// Popularity gives the exact order of prompts with at most one download. Above that, prompts in the same step compare
// as equal.
const byDownloads: SearchOrder = {
  table: 'prompt',
  columns: 'download_count, created_at',
  by: 'download_count desc, created_at desc, id desc',
  approximate: 'case when popularity >> 44 < 2 then popularity else popularity >> 44 << 44 end',
  direction: 'desc',
  byApproximate: '(select download_count from prompt where id = best.id) desc, created_at desc, id desc',
  bound: 'popularity',
};

const byName: SearchOrder = {
  table: 'prompt_search',
  columns: 'name',
  by: 'name, id',
  approximate: 'name',
  direction: 'asc',
  byApproximate: 'rough, id',
  bound: 'name',
};

export const orders = {
  downloads: byDownloads,
  newest: byDate('created_at'),
  updated: byDate('updated_at'),
  name: byName,
};
