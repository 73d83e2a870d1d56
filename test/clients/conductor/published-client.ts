import type { Build } from './build-driver.js';

/** Features that not every client has. */
export type Feature =
  | 'versions' // autoIncrement, and a version to save, read, list or delete
  | 'update' // PUT
  | 'bulk'
  | 'several models'
  | 'no description'
  | 'empty template';

/** The features and peculiarities of a published client. Its driver knows how to call it. */
export interface PublishedClient {
  readonly name: string;
  readonly build: Build;
  readonly features: readonly Feature[];
  /** It sends a template without encoding, so that the server removes enclosing quotation marks. */
  readonly isRaw?: boolean;
  /** Reading a prompt that is not there gives nothing instead of an error. */
  readonly missingIsNull?: boolean;
  /** Names of prompts that its paths can carry. */
  readonly names: readonly string[];
  /** It keeps a token for as long as the program says, without regard to the server's expiry time. */
  readonly keepsTokens?: boolean;
}
