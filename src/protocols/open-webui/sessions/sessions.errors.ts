import { defineError } from '../../../common/errors/define-error.js';
import { AccessProhibited } from '../open-webui.errors.js';

// The front end shows these sentences as they come; where there is one, they are the protocol's own.
export const WrongCredentials = defineError(
  'UNAUTHORIZED',
  400,
  'The email or password provided is incorrect. Please check for typos and try logging in again.',
);
export const EmailRegistered = defineError(
  'CONFLICT',
  400,
  'Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew.',
);
export const MalformedEmail = defineError(
  'BAD_REQUEST',
  400,
  "The email format you entered is invalid. Please double-check and make sure you're using a valid email address (e.g., yourname@example.com).",
);
export const UnsuitablePassword = defineError(
  'BAD_REQUEST',
  400,
  'Please choose a password that is 8 to 200 characters long.',
);
export const SignUpClosed = defineError('FORBIDDEN', 403, AccessProhibited.message);
/** The token itself may be valid, so that the user stays signed in. */
export const OpenWebUiUnavailable = defineError(
  'OPENWEBUI_UNAVAILABLE',
  503,
  'The Open WebUI server that knows your account does not answer. Please try again in a moment.',
  { retryAfterSeconds: 5 },
);
