import { Registry0001 } from './0001-registry.js';
import { PromptSearch0002 } from './0002-prompt-search.js';

/** Every migration, oldest first; one that has landed is never changed. */
export const migrations = [Registry0001, PromptSearch0002];
