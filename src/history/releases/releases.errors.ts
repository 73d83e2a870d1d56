import { defineError } from '../../common/errors/define-error.js';

export const VersionNotFound = defineError('NOT_FOUND', 404, 'version not found');
