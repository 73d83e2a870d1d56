/** A statement that writes and that nothing in its transaction has to wait for, with `$1`, `$2`, ... as its parameters. */
export interface DeferredStatement {
  /** Unique; of the same name, only one is in a batch. */
  readonly name: string;
  /** Each step writes. A later one reads what step 1 returns as the table `{1}`, and so on. */
  readonly steps: readonly string[];
}

/** A deferred statement, which `em.defer` takes. */
export function deferred(name: string, ...steps: string[]): DeferredStatement {
  return { name, steps };
}
