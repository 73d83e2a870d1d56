/** The visitor of a download, for counting. The address is hashed before it is stored. */
export interface Visitor {
  readonly userId: string | undefined;
  readonly address: string;
  readonly agent: string;
}

export interface Download {
  readonly versionId: string;
  readonly promptId: string;
  readonly visitor: Visitor;
}

/** Port: downloads are recorded by a module above this one. */
export abstract class DownloadLogger {
  /**
   * Resolves once the record is committed. If the signal aborts first, the download does not count, and its record is
   * retracted.
   */
  abstract record(download: Download, signal: AbortSignal): Promise<void>;
}
