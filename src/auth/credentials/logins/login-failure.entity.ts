import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** How many log-ins have failed for a subject, such as an account or an address, in the window that began then. */
export const LoginFailure = defineEntity({
  name: 'LoginFailure',
  tableName: 'login_failure',
  properties: (p) => ({
    /** A keyed hash. */
    subject: p.text().primary(),
    windowStart: p.datetime(3),
    failures: p.integer(),
  }),
});
export type LoginFailure = InferEntity<typeof LoginFailure>;
