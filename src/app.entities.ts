import { Account } from './auth/identity/account.entity.js';
import { ApiKey } from './auth/credentials/api-key.entity.js';
import { Membership } from './auth/identity/membership.entity.js';
import { Owner } from './auth/identity/owner.entity.js';
import { Prompt } from './prompts/prompt.entity.js';
import { Revision } from './prompts/revisions/revision.entity.js';

/** Every entity of the product. Tables that only hand-written statements touch have none. */
export const entities = [Account, ApiKey, Membership, Owner, Prompt, Revision];
