import type { ApiClient } from '../../api/api-client.js';
import type { ProtocolClient } from './protocol-client.js';

/** The destination of imported prompts. */
export interface ImportTarget {
  readonly api: ApiClient;
  readonly protocols: ProtocolClient;
  readonly owner: string;
  /** The visibility of created prompts. */
  readonly visibility: 'public' | 'private';
}
