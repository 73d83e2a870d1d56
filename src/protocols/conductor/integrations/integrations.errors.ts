import { defineError } from '../../../common/errors/define-error.js';

/** Also for integrations that the caller may not use, and for disabled ones. */
export const IntegrationNotFound = defineError('NOT_FOUND', 404, 'integration not found', {
  exampleDetails: { integration: 'openai:gpt-5' },
});
/** It was encrypted with another key. */
export const ConfigurationUnreadable = defineError(
  'CONFIGURATION_UNREADABLE',
  500,
  'the configuration of the integration cannot be decrypted: save it again',
);
