import { defineError } from '../../../common/errors/define-error.js';

export const PrivateModelEndpoint = defineError(
  'PRIVATE_MODEL_ENDPOINT',
  400,
  'the endpoint is in a private address range, which ALLOW_PRIVATE_MODEL_ENDPOINTS does not allow',
);
export const HostServiceEndpoint = defineError(
  'HOST_SERVICE_ENDPOINT',
  400,
  'the endpoint is a service that a cloud offers to its own machines, which no setting allows',
);
export const EndpointUnreachable = defineError(
  'ENDPOINT_UNREACHABLE',
  502,
  'the endpoint of the model cannot be reached',
  {
    exampleDetails: { reason: 'ECONNREFUSED' },
  },
);
export const AnswerTooLarge = defineError('ANSWER_TOO_LARGE', 502, 'the answer of the model is too large');
