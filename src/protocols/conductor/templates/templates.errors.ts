import { defineError } from '../../../common/errors/define-error.js';

export const MayNotRead = defineError('FORBIDDEN', 403, 'no READ access to the prompt');
export const MayNotUpdate = defineError('FORBIDDEN', 403, 'no UPDATE access to the prompt');
export const MayNotDelete = defineError('FORBIDDEN', 403, 'no DELETE access to the prompt');
