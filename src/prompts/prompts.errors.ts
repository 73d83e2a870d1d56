import { defineError } from '../common/errors/define-error.js';

export { PromptNotFound } from '../auth/auth.errors.js';
export const NotPromptOwner = defineError('FORBIDDEN', 403, 'not prompt owner');
export const PromptExists = defineError('CONFLICT', 409, 'prompt already exists');
export const PromptPublished = defineError('FORBIDDEN', 403, 'a prompt with package versions is deleted on /v1 only');
export const NameReserved = defineError('FORBIDDEN', 403, 'the name belongs to a deleted prompt with package versions');
export const NamePublished = defineError('FORBIDDEN', 403, 'a prompt with package versions keeps its name');
export const LabelProtected = defineError('FORBIDDEN', 403, 'the label is protected', {
  exampleDetails: { label: 'production' },
});
