import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** What this installation remembers by name, such as the fingerprint of a secret. */
export const Setting = defineEntity({
  name: 'Setting',
  tableName: 'setting',
  properties: (p) => ({
    name: p.text().primary(),
    value: p.text(),
  }),
});
export type Setting = InferEntity<typeof Setting>;
