import { defineError } from '../../../common/errors/define-error.js';

const reason = { exampleDetails: { reason: 'The model `gpt-6` does not exist' } };

/** 400, not 422, because Conductor's clients do not know another status for an invalid request. */
export const ModelRefused = defineError('MODEL_REFUSED', 400, 'the model refused the request', reason);
export const TypeCannotBeAsked = defineError(
  'TYPE_CANNOT_BE_ASKED',
  400,
  'only integrations of the types openai and anthropic can be tested',
  { exampleDetails: { type: 'cohere' } },
);
/** Never 401, because a client would refresh its own token. */
export const ModelCredentialsRefused = defineError(
  'MODEL_CREDENTIALS_REFUSED',
  502,
  'the provider refuses the credentials of the integration',
  reason,
);
export const ModelFailed = defineError('MODEL_FAILED', 502, 'the model did not give a usable answer', reason);
/** Not 429, because the JavaScript client would retry the call for half a minute before it reports the error. */
export const ModelOverloaded = defineError(
  'MODEL_OVERLOADED',
  503,
  'the provider of the model takes no more requests at the moment',
  { ...reason, retryAfterSeconds: 30 },
);
export const ModelTimeout = defineError('MODEL_TIMEOUT', 504, 'the model did not answer in time', {
  exampleDetails: { seconds: 60 },
});
