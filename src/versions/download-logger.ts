/** Who downloads, as far as counting needs it. The address is hashed before it is stored. */
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
   * Resolves once the record is committed. When the signal fires first, the download counts as not issued, and a
   * record that was on its way is taken back.
   */
  abstract record(download: Download, signal: AbortSignal): Promise<void>;
}
