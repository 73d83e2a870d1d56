/** The embedded PostgreSQL cannot be used. The message is one line, meant for the terminal. */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';
}

/** Another Promptyard owns the data folder; it was not disturbed. */
export class DataFolderInUse extends EmbeddedPostgresError {
  override readonly name = 'DataFolderInUse';
}
