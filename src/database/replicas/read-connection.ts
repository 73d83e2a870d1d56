/** Where a read runs its statements; `$1`, `$2`, ... are their parameters. */
export interface ReadConnection {
  execute<Row extends object>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}
