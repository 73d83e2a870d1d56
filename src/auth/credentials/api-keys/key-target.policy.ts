import type { Principal } from '../../access/principal.js';

/** Port: checks the prompt that a key is bound to. A module above this one implements it. */
export abstract class KeyTargetPolicy {
  /** @throws the not-found error of the prompt's own module when the caller may not see it */
  abstract assertVisible(promptId: string, caller: Principal): Promise<void>;
}
