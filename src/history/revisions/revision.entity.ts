import { defineEntity, type InferEntity } from '@mikro-orm/core';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import { TextArray } from '../../database/text-array.js';
import type { Packaging } from './revision-content.js';

/** A grant as a revision stores it; `*` stands for all signed-in users. */
export interface GrantSnapshot {
  readonly principal_type: 'user' | 'group';
  readonly principal_id: string;
  readonly permission: 'read' | 'write';
}

/** An immutable snapshot of a prompt. No code path updates one. */
export const Revision = defineEntity({
  name: 'Revision',
  tableName: 'revision',
  properties: (p) => ({
    id: p.uuid().primary(),
    promptId: p.uuid(),
    /** Counts up per prompt and is never used again. */
    number: p.integer(),
    /** Number of the revision on which this one is based. */
    parent: p.integer().nullable(),
    digest: p.text(),
    name: p.text(),
    title: p.text().nullable(),
    description: p.text().nullable(),
    content: p.text(),
    syntax: p.text().$type<TemplateSyntax>(),
    variables: p.json<readonly TemplateVariable[]>().columnType('json'),
    /** Number of declared variables. The variables after them were found in the text. */
    declaredVariables: p.integer(),
    settings: p.json<JsonObject>(),
    data: p.json<JsonObject>(),
    meta: p.json<JsonObject>(),
    tags: p.type(TextArray).$type<readonly string[]>(),
    packaging: p.json<Packaging>().columnType('json').nullable(),
    packagingDigest: p.text().nullable(),
    grants: p.json<readonly GrantSnapshot[]>(),
    commitMessage: p.text(),
    authorId: p.uuid(),
    createdAt: p.datetime(3),
  }),
});
export type Revision = InferEntity<typeof Revision>;

/** A revision without the snapshot of the grants, which only histories show. */
export type StoredRevision = Omit<Revision, 'grants'>;
