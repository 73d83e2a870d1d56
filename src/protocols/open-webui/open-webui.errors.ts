import { defineError } from '../../common/errors/define-error.js';

// The sentences are the protocol's own: its front end shows them as they come.
export const NotFound = defineError('NOT_FOUND', 404, "We could not find what you're looking for :/");
export const AccessProhibited = defineError(
  'FORBIDDEN',
  401,
  'You do not have permission to access this resource. Please contact your administrator for assistance.',
);
export const CommandTaken = defineError(
  'CONFLICT',
  400,
  'Uh-oh! This command is already registered. Please choose another command string.',
);
export const SomethingWentWrong = defineError('BAD_REQUEST', 400, 'Something went wrong :/');
export const ProductionEntry = defineError('BAD_REQUEST', 400, 'Cannot delete the active production version');
export const MayNotShare = defineError(
  'FORBIDDEN',
  403,
  'You do not have permission to share with the requested audience',
);
/** The caller lacks the permission `workspace.prompts`. */
export const MayNotCreate = defineError('FORBIDDEN', 401, '401 Unauthorized');
