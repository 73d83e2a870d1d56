import type { Readable } from 'node:stream';

/** A file that the caller opens: a program from a path, a server from an upload. Failures name it. */
export interface NamedInput {
  readonly name: string;
  open(): Promise<Readable>;
}
