import type { Principal } from '../access/principal.js';

/** Port: what a key can be bound to stands in modules above this one. */
export abstract class KeyTargets {
  /** @throws the not-found error of the prompt's own module when the caller may not see it */
  abstract assertVisible(promptId: string, caller: Principal): Promise<void>;
}
