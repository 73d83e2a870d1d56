import type { ApiClient } from '../../api/api-client.js';
import type { ProtocolClient } from './protocol-client.js';

/** Where prompts of another system go. */
export interface ImportTarget {
  readonly api: ApiClient;
  readonly protocols: ProtocolClient;
  readonly owner: string;
  /** Of prompts that are made. */
  readonly visibility: 'public' | 'private';
}
