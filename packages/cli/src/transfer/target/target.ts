import type { Api } from '../../api/api.js';
import type { ActingApi } from './acting-api.js';

/** Where prompts of another system go. */
export interface Target {
  readonly api: Api;
  readonly acting: ActingApi;
  readonly owner: string;
  /** Of prompts that are made. */
  readonly visibility: 'public' | 'private';
}
