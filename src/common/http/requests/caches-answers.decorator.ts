import { applyDecorators } from '@nestjs/common';
import { ConfigureRoute } from '../../route-config.decorator.js';
import { Access, type AccessRule } from '../access.decorator.js';

/**
 * Declares who may call a route, and that it caches its answers that can be repeated: they must depend on nothing else
 * than the URL, the caller's access to it, and what their `repeat` reads of the request.
 */
export const CachesAnswers = (rule: AccessRule) =>
  applyDecorators(Access(rule), ConfigureRoute({ cachesAnswersFor: rule }));
