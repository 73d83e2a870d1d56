import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** That a revision is deleted from the history of Open WebUI. All other reads find it still. */
export const HiddenRevision = defineEntity({
  name: 'HiddenRevision',
  tableName: 'hidden_revision',
  properties: (p) => ({
    promptId: p.uuid().primary(),
    number: p.integer().primary(),
    hiddenBy: p.uuid(),
    hiddenAt: p.datetime(3).defaultRaw('now()'),
  }),
});
export type HiddenRevision = InferEntity<typeof HiddenRevision>;
