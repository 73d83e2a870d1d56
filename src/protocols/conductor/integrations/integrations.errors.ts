import { defineError } from '../../../common/errors/define-error.js';

/** Also what the caller may not use, and what is switched off. */
export const IntegrationNotFound = defineError('NOT_FOUND', 404, 'integration not found', {
  exampleDetails: { integration: 'openai:gpt-5' },
});
/** The key that it was encrypted with is not this server's. */
export const ConfigurationUnreadable = defineError(
  'CONFIGURATION_UNREADABLE',
  500,
  'the configuration of the integration cannot be decrypted: save it again',
);
