import { defineEntity, type InferEntity } from '@mikro-orm/core';
import { TextArray } from '../../database/text-array.js';

/**
 * Restricts who may move a label of a prompt, whether it is set or not. It is part of the prompt's identity, because it
 * also restricts operations that free or change the prompt's name.
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
