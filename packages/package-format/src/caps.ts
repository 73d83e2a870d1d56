const KIB = 1024;
const MIB = 1024 * KIB;

/** The most that a package may hold. Sizes are bytes; each cap is the largest number that is still taken. */
export const Caps = {
  /** The .tar.gz itself. */
  archiveBytes: 10 * MIB,
  /** What comes out of gunzip in all: the files, their headers and the padding. */
  unpackedBytes: 52 * MIB,
  entries: 1000,
  fileBytes: 10 * MIB,
  allFilesBytes: 50 * MIB,
  nameBytes: 512,
  extendedHeaderBytes: 64 * KIB,
  manifestBytes: MIB,
  templateBytes: MIB,
  /** How much of README.md is read as text; the file itself may be larger. */
  readmeTextBytes: MIB,
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
  manifestAliasedSize: 64 * KIB,
} as const;
