import { defineEntity, type InferEntity } from '@mikro-orm/core';
import type { JsonObject } from '@promptyard/template/json.js';
import { TextArray } from '../database/text-array.js';

/** Identity of a prompt: `owner + name`. The row of a deleted prompt is kept. */
export const Prompt = defineEntity({
  name: 'Prompt',
  tableName: 'prompt',
  properties: (p) => ({
    id: p.uuid().primary(),
    ownerId: p.uuid(),
    name: p.text(),
    title: p.text().nullable(),
    description: p.text(),
    visibility: p.text().$type<'public' | 'private'>(),
    tags: p.type(TextArray).columnType('text[]').$type<string[]>().defaultRaw(`'{}'`),
    data: p.json<JsonObject>().defaultRaw(`'{}'`),
    meta: p.json<JsonObject>().defaultRaw(`'{}'`),
    /** Whether Open WebUI offers it as a command. */
    isActive: p.boolean().default(true),
    enforceVariableContract: p.boolean().default(false),
    /** The highest number that a revision has had: numbers are never used again. */
    revisionCount: p.integer().default(0),
    /** The highest one that is not yanked. */
    latestVersion: p.text().nullable(),
    /** Counted by the roll-up of downloads. */
    downloadCount: p.bigint('number').defaultRaw('0'),
    createdBy: p.uuid(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    updatedAt: p.datetime(3).defaultRaw('now()'),
    deletedAt: p.datetime(3).nullable(),
  }),
});
export type Prompt = InferEntity<typeof Prompt>;
