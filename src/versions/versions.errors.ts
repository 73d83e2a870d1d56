import { defineError } from '../common/errors/define-error.js';

export { VersionNotFound } from '../history/releases/releases.errors.js';
export const VersionExists = defineError('CONFLICT', 409, 'version already exists', {
  exampleDetails: {
    version: '1.0.0',
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  },
});
/**
 * The store holds other bytes there that this database knows nothing of, such as a version that was published after the
 * backup from which the database was restored; they are never overwritten, and deleted by an operator only.
 */
export const ObjectKeyTaken = defineError(
  'CONFLICT',
  409,
  'the object store holds another package under this number: publish the next number, or let an operator remove the ' +
    'package with "npm run admin -- orphans remove"',
);
export const VersionsUnavailable = defineError('INTERNAL_ERROR', 500, 'failed to fetch versions', {
  retryAfterSeconds: 2,
});
export const DownloadUnavailable = defineError('INTERNAL_ERROR', 500, 'failed to generate download url', {
  retryAfterSeconds: 2,
});
export const TemporaryFilesUnavailable = defineError(
  'STORAGE_UNAVAILABLE',
  503,
  'the server cannot write temporary files',
  { retryAfterSeconds: 60 },
);
