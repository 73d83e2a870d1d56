import type { Readable } from 'node:stream';

/** A file that the caller opens, for example from a path or an upload. Failures contain its name. */
export interface NamedInput {
  readonly name: string;
  open(): Promise<Readable>;
}
