import type { Build } from './build-driver.js';

/** What not every client can ask for. */
export type Feature =
  | 'versions' // autoIncrement, and a version to save, read, list or delete
  | 'update' // PUT
  | 'bulk'
  | 'several models'
  | 'no description'
  | 'empty template';

/** What a published client can do, and what is its own way; how it is driven is its driver's. */
export interface PublishedClient {
  readonly name: string;
  readonly build: Build;
  readonly features: readonly Feature[];
  /** It sends a template as it is, so that enclosing quotation marks are taken for an envelope. */
  readonly isRaw?: boolean;
  /** Reading a prompt that is not there gives nothing instead of an error. */
  readonly missingIsNull?: boolean;
  /** Names of prompts that its paths can carry. */
  readonly names: readonly string[];
  /** It keeps a token for as long as the program says, whatever the server says. */
  readonly keepsTokens?: boolean;
}
