import { defineError } from '../../common/errors/define-error.js';

const digest = 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
export const DigestMismatch = defineError('DIGEST_MISMATCH', 409, 'the digest differs from `expect`', {
  exampleDetails: { expected: digest, actual: digest.replace('9', '8') },
});
