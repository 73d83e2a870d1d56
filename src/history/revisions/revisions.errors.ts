import { defineError } from '../../common/errors/define-error.js';

export const RevisionNotFound = defineError('NOT_FOUND', 404, 'revision not found');
/** `details` holds the current revision, or null if there is none. */
export const NotCurrent = defineError('PRECONDITION_FAILED', 412, 'not the current revision', {
  exampleDetails: {
    number: 7,
    digest: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  },
});
