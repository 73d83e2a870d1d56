import { defineEntity, type InferEntity } from '@mikro-orm/core';
import { TextArray } from '../database/text-array.js';

/**
 * That only some users may move a label of a prompt, whether it is set or not. It stands with the prompt's identity,
 * because it binds what frees or changes the prompt's name, too.
 */
export const LabelProtection = defineEntity({
  name: 'LabelProtection',
  tableName: 'label_protection',
  properties: (p) => ({
    promptId: p.uuid().primary(),
    label: p.text().primary(),
    /** Ids of the users who may move it. */
    writers: p.type(TextArray).columnType('uuid[]').$type<readonly string[]>(),
  }),
});
export type LabelProtection = InferEntity<typeof LabelProtection>;
