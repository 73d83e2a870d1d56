const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** The limits of a package, in bytes where they are sizes. Each limit is the largest accepted value. */
export const packageLimits = {
  /** The .tar.gz itself. */
  archiveBytes: 10 * mebibyte,
  /** The total size after decompression: files, headers and padding. */
  unpackedBytes: 52 * mebibyte,
  entries: 1000,
  fileBytes: 10 * mebibyte,
  allFilesBytes: 50 * mebibyte,
  nameBytes: 512,
  extendedHeaderBytes: 64 * kibibyte,
  manifestBytes: mebibyte,
  templateBytes: mebibyte,
  /** How much of README.md is read as text. The file itself may be larger. */
  readmeTextBytes: mebibyte,
  /**
   * What keeps the YAML library inside the memory and the time of one upload: it costs about 600 bytes and 2 µs for
   * each token (a name, a value, a mark, an indent, a line end), so that 1 MiB of `[],` would cost 900 MB and seconds.
   */
  manifestTokens: 20_000,
  manifestLines: 50_000,
  manifestDepth: 100,
  /** Variables of `prompt.md` that `prompt.yaml` does not declare: a MiB has room for 150 000, each of them an input. */
  undeclaredVariables: 10_000,
  /** Values plus characters that the aliases of a manifest may add to what is written out in it. */
  manifestAliasedSize: 64 * kibibyte,
} as const;
