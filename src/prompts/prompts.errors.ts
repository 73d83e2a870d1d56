import { defineError } from '../common/errors/define-error.js';

export { PromptNotFound } from '../auth/auth.errors.js';
export const NotPromptOwner = defineError('FORBIDDEN', 403, 'not prompt owner');
export const PromptExists = defineError('CONFLICT', 409, 'prompt already exists');
