import { defineError } from '../../common/errors/define-error.js';

export const LabelNotFound = defineError('NOT_FOUND', 404, 'label not found');
export { LabelProtected } from '../../prompts/prompts.errors.js';
export const TooManyLabels = defineError('CONFLICT', 409, 'a prompt has at most 200 labels');
