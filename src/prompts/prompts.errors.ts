import { defineError } from '../common/errors/define-error.js';

export const PromptNotFound = defineError('NOT_FOUND', 404, 'prompt not found');
export const NotPromptOwner = defineError('FORBIDDEN', 403, 'not prompt owner');
export const PromptExists = defineError('CONFLICT', 409, 'prompt already exists');
