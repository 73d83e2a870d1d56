/** An order of prompts: total, so that paging neither repeats nor skips. */
export interface SearchOrder {
  /** The table that has an index in this order for each shelf. */
  readonly walked: 'prompt' | 'prompt_search';
  /** SQL's `order by`, for rows of that name. */
  by(row: string): string;
  /** The columns that it takes, besides the id. */
  readonly columns: string;
  /** A column of the search index that comes with the order... */
  readonly bound: 'popularity' | 'created_at' | 'updated_at' | 'name';
  /** ...and how it compares, for whatever precedes a prompt, with that prompt's `boundOf`. */
  readonly within: '>=' | '<=';
  readonly boundOf: string;
}

const byDate = (column: 'created_at' | 'updated_at'): SearchOrder => ({
  walked: 'prompt_search',
  by: (row) => `${row}.${column} desc, ${row}.id desc`,
  columns: column,
  bound: column,
  within: '>=',
  boundOf: column,
});

const byDownloads: SearchOrder = {
  walked: 'prompt',
  by: (row) => `${row}.download_count desc, ${row}.created_at desc, ${row}.id desc`,
  columns: 'download_count, created_at',
  bound: 'popularity',
  within: '>=',
  // From 16 downloads on, prompts on the same step of popularity may differ in their counts: the step's lowest value.
  boundOf: 'case when download_count < 16 then popularity else popularity >> 44 << 44 end',
};

const byName: SearchOrder = {
  walked: 'prompt_search',
  by: (row) => `${row}.name, ${row}.id`,
  columns: 'name',
  bound: 'name',
  within: '<=',
  boundOf: 'name',
};

export const orders = {
  downloads: byDownloads,
  newest: byDate('created_at'),
  updated: byDate('updated_at'),
  name: byName,
};
